"""A command of `manage.py` that serves, as in production, and its log."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.gateway_process import ROOT, SETTINGS_OF_THE_SUITE
from tests.waiting import until

PATIENCE_S = 60.0


@dataclass(frozen=True)
class ServerCommand:
    """A running command; `url` is where it says that it listens."""

    url: str
    log: Path
    process: "subprocess.Popen[bytes]"

    def lines(self, message: str) -> list[dict[str, Any]]:
        """Return the lines of its log with this message."""
        return lines_of(self.log, message)


@contextmanager
def running_command(
    name: str, folder: Path, *arguments: str, **settings: str
) -> Iterator[ServerCommand]:
    """Serve with just these settings until the end of the block."""
    alone = dict.fromkeys(SETTINGS_OF_THE_SUITE, "")
    alone |= {"RECOVERY_DIR": str(folder / "recovery"), "PROBE_AFTER_FAILURE": "false"} | settings
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", name, "--bind", "127.0.0.1:0", *arguments],
            cwd=ROOT,
            env={**os.environ, **alone},
            stdout=output,
            stderr=output,
        )
    try:
        until(lambda: process.poll() is not None or bool(lines_of(log, "listening")))
        yield ServerCommand(lines_of(log, "listening")[0]["url"], log, process)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_S)


def lines_of(log: Path, message: str) -> list[dict[str, Any]]:
    """Return the complete lines of a log with this message."""
    whole = log.read_text().splitlines(keepends=True)
    read = (json.loads(line) for line in whole if line.startswith("{") and line.endswith("\n"))
    return [line for line in read if line["message"] == message]
