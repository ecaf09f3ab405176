"""Waiting for what happens in another process."""

import time
from collections.abc import Callable

PATIENCE_S = 30.0


def until(is_so: Callable[[], bool], within_s: float = PATIENCE_S) -> bool:
    """Wait until it is so."""
    deadline = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
