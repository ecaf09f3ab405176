"""A pause of Python's cyclic garbage collector while hundreds of thousands of values are built."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

# Fewer entries than these are made before the collector matters.
LARGE_ENTRIES = 5000
LARGE_BYTES = 1 << 20
_pausing = Lock()


@contextmanager
def collector_paused(*, is_large: bool) -> Iterator[None]:
    """Pause the collector for the block, if the timeline is large.

    The values of a timeline have no cycles, and the collector passes over all of them again and
    again while they grow: that takes a third of the time. One thread at a time pauses it, so that
    pauses do not join into one without an end.
    """
    if not is_large or not gc.isenabled() or not _pausing.acquire(blocking=False):
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        _pausing.release()
