import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def progress(what: str) -> Iterator[None]:
    """One line on stderr: begun before the block, completed after it."""
    print(f"{what} … ", end="", file=sys.stderr, flush=True)
    began = time.monotonic()
    how = "failed"
    try:
        yield
        how = "ready"
    finally:
        print(f"{how} in {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
