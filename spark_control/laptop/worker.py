"""A worker for jobs beside the gateway: without one, nobody would do them."""

import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from spark_control.laptop import PROJECT
from spark_control.laptop.processes import service
from spark_control.laptop.progress import progress

WORKER = (sys.executable, "manage.py", "procrastinate", "worker")


@contextmanager
def beside(environment: Mapping[str, str], data: Path) -> Iterator[None]:
    """A worker that runs as long as the block."""
    # A job under way is given back, or taken up when the worker is missed.
    options = {"env": dict(environment), "cwd": PROJECT}
    with ExitStack() as everything:
        with progress("worker"):
            worker = service(WORKER, signal.SIGTERM, data / "worker.log", **options)
            everything.enter_context(worker)
        yield
