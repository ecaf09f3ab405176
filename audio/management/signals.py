"""How an operator ends a command: the first signal asks, the second does."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from audio.archive.follower import Stop

SIGNALS = (signal.SIGINT, signal.SIGTERM)
_ASKED = (
    b"\nStopping: nothing new is begun, and what an engine is hearing now comes to its end. "
    b"A second signal ends at once.\n"
)
_SHOW_CURSOR = b"\033[?25h"


@contextmanager
def ended_by_signals(stop: Stop) -> Iterator[None]:
    """Ask for a stop when a signal arrives inside the block."""
    arrived: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        if arrived:
            _end_at_once(number)
        arrived.append(number)
        stop.now(signal.Signals(number).name)
        # Not through a stream: this may come in the midst of another write to it.
        os.write(2, _ASKED)

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield
    finally:
        # Calls that are thrown away may still be waited for: a second signal ends that too.
        if not arrived:
            for number, handler in before.items():
                signal.signal(number, handler)


def _end_at_once(number: int) -> NoReturn:
    if sys.stdout.isatty():
        os.write(1, _SHOW_CURSOR)
    os._exit(128 + number)
