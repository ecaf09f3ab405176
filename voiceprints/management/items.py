"""Many items, one after the other: SIGTERM and Ctrl-C end the work after the one under way."""

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import TypeVar

from django.core.management.base import CommandError, OutputWrapper

from audio.management.console import said
from audio.merge.name_spelling import readable

T = TypeVar("T")


@dataclass
class Items:
    """What was done, one line each; on a terminal also how far it is."""

    out: OutputWrapper
    failed: int = 0
    done: int = 0
    _stopping: bool = field(default=False, init=False)

    def each(self, items: Sequence[T]) -> Iterator[T]:
        """Go through the items, until somebody ends it."""
        with self._stoppable():
            for number, item in enumerate(items):
                if self._stopping:
                    raise CommandError(f"Stopped: {len(items) - number} of {len(items)} are left.")
                self._progress(f"{number + 1} of {len(items)} …")
                yield item
        self._progress("")

    def succeeded(self, line: str) -> None:
        """Say what was done with an item."""
        self.done += 1
        self._tell(line)

    def refused(self, line: str) -> None:
        """Say why an item was not done."""
        self.failed += 1
        self._tell(line)

    def end(self) -> None:
        """Leave with a status that tells whether all was done."""
        if self.failed:
            raise CommandError(f"{self.failed} of {self.failed + self.done} could not be done.")

    def _tell(self, line: str) -> None:
        self._progress("")
        if not said(self.out, readable(line)):
            self._stopping = True

    def _progress(self, text: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K{text}")
            sys.stderr.flush()

    @contextmanager
    def _stoppable(self) -> Iterator[None]:
        before = {sign: signal.getsignal(sign) for sign in (signal.SIGTERM, signal.SIGINT)}
        for sign in before:
            signal.signal(sign, self._stop)
        try:
            yield
        finally:
            for sign, handler in before.items():
                signal.signal(sign, handler)

    def _stop(self, sign: int, frame: FrameType | None) -> None:
        self._stopping = True
