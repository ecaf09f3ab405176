"""The process of realtime sessions as in production, on a free port: for benchmarks and tests."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spark_control.laptop import PROJECT
from spark_control.laptop.data_folder import tail
from spark_control.laptop.gateway import GRACE_S, HEALTHY_WITHIN_S
from spark_control.laptop.processes import StartError

PROGRAM = ("manage.py", "realtime", "--bind", "127.0.0.1:0")


@dataclass(frozen=True, slots=True)
class RealtimeProcess:
    """A running process; sessions are opened at `url`."""

    url: str
    log: Path
    pid: int

    def lines(self, message: str) -> list[dict[str, Any]]:
        """Return the lines of its log with this message."""
        whole = self.log.read_text().splitlines(keepends=True)
        read = (json.loads(one) for one in whole if one.startswith("{") and one.endswith("\n"))
        return [line for line in read if line["message"] == message]


@contextmanager
def running_realtime(
    log: Path, settings: Mapping[str, str], *arguments: str
) -> Iterator[RealtimeProcess]:
    """Serve sessions for the block; `settings` take precedence over the environment."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 — our own server
            [sys.executable, *PROGRAM, *arguments],
            cwd=PROJECT,
            env={**os.environ, **settings},
            stdout=output,
            stderr=output,
        )
    try:
        yield _when_listening(log, process)
    finally:
        process.terminate()
        process.wait(timeout=GRACE_S)


def _when_listening(log: Path, process: "subprocess.Popen[bytes]") -> RealtimeProcess:
    deadline = time.monotonic() + HEALTHY_WITHIN_S
    starting = RealtimeProcess("", log, process.pid)
    while process.poll() is None and time.monotonic() < deadline:
        if found := starting.lines("listening"):
            return RealtimeProcess(found[0]["url"], log, process.pid)
        time.sleep(0.05)
    raise StartError(f"The sessions did not start. The end of {log}:\n{tail(log)}")
