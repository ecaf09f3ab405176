"""The process of Home Assistant's protocol as in production, and a client for it."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from wyoming.event import Event, Eventable, read_event, write_event

from tests.gateway_process import ROOT, SETTINGS_OF_THE_SUITE
from tests.waiting import until

PATIENCE_S = 60.0


@dataclass(frozen=True)
class WyomingProcess:
    """A running process, where it listens, and its log."""

    port: int
    log: Path
    process: "subprocess.Popen[bytes]"

    def lines(self, message: str) -> list[dict[str, Any]]:
        """Return the lines of its log with this message."""
        return [line for line in _lines(self.log) if line["message"] == message]


class WyomingClient:
    """A connection, on which events are written and read by the package itself."""

    def __init__(self, connection: socket.socket, stream: BinaryIO, answers: BinaryIO) -> None:
        self.connection, self._stream, self._answers = connection, stream, answers

    def send(self, *events: Eventable) -> None:
        for one in events:
            write_event(one.event(), self._stream)

    def send_bytes(self, content: bytes) -> None:
        self._stream.write(content)
        self._stream.flush()

    def receive(self) -> Event | None:
        """Return the next event; None where the server ended the connection."""
        return read_event(self._answers)

    def until(self, kind: str) -> list[Event]:
        """Return the events up to the first of this type."""
        found = []
        while (event := self.receive()) is not None:
            found.append(event)
            if event.type == kind:
                return found
        raise AssertionError(f"{kind} did not come after {found}")

    def error(self) -> Event:
        """Return the error with which the server ends the connection."""
        error = self.until("error")[-1]
        assert self.receive() is None
        return error


@contextmanager
def connected(server: WyomingProcess) -> Iterator[WyomingClient]:
    """Connect for the block."""
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) as connection,
        connection.makefile("wb") as stream,
        connection.makefile("rb") as answers,
    ):
        yield WyomingClient(connection, stream, answers)


@contextmanager
def running_wyoming(folder: Path, *arguments: str, **settings: str) -> Iterator[WyomingProcess]:
    """Serve with just these settings until the end of the block."""
    alone = dict.fromkeys(SETTINGS_OF_THE_SUITE, "")
    alone |= {"RECOVERY_DIR": str(folder / "recovery"), "PROBE_AFTER_FAILURE": "false"} | settings
    log = folder / "wyoming.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "wyoming", "--bind", "127.0.0.1:0", *arguments],
            cwd=ROOT,
            env={**os.environ, **alone},
            stdout=output,
            stderr=output,
        )
    try:
        until(lambda: process.poll() is not None or bool(_listening(log)))
        port = urlsplit(_listening(log)[0]["url"]).port
        assert port is not None
        yield WyomingProcess(port, log, process)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_S)


def _listening(log: Path) -> list[dict[str, Any]]:
    return [line for line in _lines(log) if line["message"] == "listening"]


def _lines(log: Path) -> list[dict[str, Any]]:
    whole = log.read_text().splitlines(keepends=True)
    return [json.loads(line) for line in whole if line.startswith("{") and line.endswith("\n")]
