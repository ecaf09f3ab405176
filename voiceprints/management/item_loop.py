"""The loop of a command over many items: a line for each, and a stop after the current item."""

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import TypeVar

from django.core.management.base import CommandError, OutputWrapper

from audio.management.console import write_line
from audio.merge.name_spelling import readable

T = TypeVar("T")


@dataclass
class ItemLoop:
    """Writes a line for each item, on a terminal also the progress, and counts failures.

    SIGTERM, Ctrl-C and a closed pipe end the loop after the current item.
    """

    out: OutputWrapper
    failed: int = 0
    done: int = 0
    _is_stopping: bool = field(default=False, init=False)

    def each(self, items: Sequence[T]) -> Iterator[T]:
        """Yield the items; raise `CommandError` where the loop is stopped before the last."""
        with self._stopped_by_signals():
            for number, item in enumerate(items):
                if self._is_stopping:
                    raise CommandError(f"Stopped: {len(items) - number} of {len(items)} are left.")
                self._show_progress(f"{number + 1} of {len(items)} …")
                yield item
        self._show_progress("")

    def succeed(self, line: str) -> None:
        """Write what was done with the current item."""
        self.done += 1
        self._write(line)

    def fail(self, line: str) -> None:
        """Write why the current item failed."""
        self.failed += 1
        self._write(line)

    def end(self) -> None:
        """Raise `CommandError` if an item failed, so that the exit status is 1."""
        if self.failed:
            raise CommandError(f"{self.failed} of {self.failed + self.done} failed; see above.")

    def _write(self, line: str) -> None:
        self._show_progress("")
        if not write_line(self.out, readable(line)):
            self._is_stopping = True

    def _show_progress(self, text: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K{text}")
            sys.stderr.flush()

    @contextmanager
    def _stopped_by_signals(self) -> Iterator[None]:
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        for number in before:
            signal.signal(number, self._stop)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._is_stopping = True
