"""Waiting for what happens in another thread or process."""

import time
from collections.abc import Callable

PATIENCE_S = 60.0


def until(is_so: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
    """Wait until it is so; fail when that takes too long."""
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
