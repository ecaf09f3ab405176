"""The process of Home Assistant's protocol as in production, and a client for it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from wyoming.event import Event, Eventable, read_event, write_event

from tests.server_command import PATIENCE_S, ServerCommand, running_command


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
def connected(server: ServerCommand) -> Iterator[WyomingClient]:
    """Connect for the block."""
    address = urlsplit(server.url)
    with (
        socket.create_connection(
            (address.hostname, address.port), timeout=PATIENCE_S
        ) as connection,
        connection.makefile("wb") as stream,
        connection.makefile("rb") as answers,
    ):
        yield WyomingClient(connection, stream, answers)


@contextmanager
def running_wyoming(folder: Path, *arguments: str, **settings: str) -> Iterator[ServerCommand]:
    """Serve with just these settings until the end of the block."""
    with running_command("wyoming", folder, *arguments, **settings) as server:
        yield server
