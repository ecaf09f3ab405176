"""Workers as processes, as an operator starts them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.gateway_process import ROOT
from tests.process_coverage import measured
from tests.voiceprints.conftest import database_url
from tests.waiting import PATIENCE_S

Process = subprocess.Popen[bytes]


@contextmanager
def running_worker(folder: Path, *options: str, **settings: str) -> Iterator[Process]:
    """Run a worker until the end of the block, unless the test kills it before."""
    command = [sys.executable, "manage.py", "procrastinate", "worker", *options]
    alone = {"DATABASE_URL": database_url(), "SECRET_KEY": "for-the-tests", **settings}
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **measured(), **alone}, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
