"""Servers of `manage.py`, such as `realtime` and `wyoming`: where they listen, and their logs."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spark_control.laptop import PROJECT
from spark_control.laptop.data_folder import tail
from spark_control.laptop.gateway import GRACE_S, HEALTHY_WITHIN_S
from spark_control.laptop.processes import Process, StartError

LISTENS = "0A"  # TCP_LISTEN, in the tables of the kernel


@dataclass(frozen=True, slots=True)
class ListeningServer:
    """A running server; `url` is where it says that it listens."""

    url: str
    log: Path
    process: Process

    @property
    def pid(self) -> int:
        """The id of its process."""
        return self.process.pid

    def lines(self, message: str) -> list[dict[str, Any]]:
        """Return the complete lines of its log with this message."""
        return lines_of(self.log, message)


@contextmanager
def running_server(
    name: str, log: Path, settings: Mapping[str, str], *arguments: str
) -> Iterator[ListeningServer]:
    """Run a command as in production, on a free port; `settings` override the environment."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 — our own server
            [sys.executable, "manage.py", name, "--bind", "127.0.0.1:0", *arguments],
            cwd=PROJECT,
            env={**os.environ, **settings},
            stdout=output,
            stderr=output,
        )
    try:
        wait_until_ready(process, log, lambda: bool(lines_of(log, "listening")))
        yield ListeningServer(lines_of(log, "listening")[0]["url"], log, process)
    finally:
        process.terminate()
        process.wait(timeout=GRACE_S)


def wait_until_ready(
    process: Process,
    log: Path,
    is_ready: Callable[[], bool],
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Return when a server is ready; raise `StartError` when it ends or takes too long."""
    deadline = time.monotonic() + HEALTHY_WITHIN_S
    while process.poll() is None and time.monotonic() < deadline:
        if is_ready():
            return
        pause(0.05)
    raise StartError(f"The {log.stem} server did not start. The end of {log}:\n{tail(log)}")


def is_listening(pid: int) -> bool:
    """Return whether a process has a socket on which it accepts connections.

    Its log would not show that under a LOG_LEVEL above INFO, and an answer at its address could
    come from the process that has the address already.
    """
    process = Path(f"/proc/{pid}")
    opened = set()
    with suppress(OSError):
        opened = {os.readlink(file) for file in (process / "fd").iterdir()}
    return any(f"socket:[{inode}]" in opened for inode in _listening(process / "net"))


def lines_of(log: Path, message: str) -> list[dict[str, Any]]:
    """Return the complete lines of a log with this message."""
    whole = log.read_text().splitlines(keepends=True)
    read = (json.loads(line) for line in whole if line.startswith("{") and line.endswith("\n"))
    return [line for line in read if line["message"] == message]


def _listening(tables: Path) -> Iterator[str]:
    """Yield the inodes of the sockets that listen."""
    for name in ("tcp", "tcp6"):
        with suppress(OSError):
            rows = (line.split() for line in (tables / name).read_text().splitlines()[1:])
            yield from [row[9] for row in rows if row[3] == LISTENS]
