"""Progress lines of the launcher and the benchmarks on standard error."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def progress(step: str) -> Iterator[None]:
    """Print a line: its name before the step, the outcome and the seconds after it."""
    print(f"{step} … ", end="", file=sys.stderr, flush=True)
    started = time.monotonic()
    outcome = "failed"
    try:
        yield
        outcome = "ready"
    finally:
        print(f"{outcome} in {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)
