"""The decoders of this process, started when they are needed and shared by its threads."""

import atexit
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from audio.media.decoders.process import Decoder, Died

logger = logging.getLogger(__name__)
# How long a job waits for a decoder.
WAIT_S = 60.0
# Each waiting job occupies a thread that another request may need: more are refused immediately.
MAX_WAITING = 16


class AllBusy(Exception):
    """No decoder became free in time, or too many jobs wait already."""


class Decoders:
    """Decoders for whole recordings, and one more for quick looks at headers.

    A quick look takes milliseconds, and the client of a short recording waits for it: it must not
    queue behind recordings of hours.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._changed = Condition()
        self._idle: list[Decoder] = []
        self._taken = self._taken_by_long = self._waiting_long = 0

    @contextmanager
    def one(self, *, is_long: bool) -> Iterator[Decoder]:
        """Take a decoder until the end of the block.

        Raises
        ------
        AllBusy, Died
        """
        self._wait(is_long)
        try:
            decoder = self._take()
            try:
                yield decoder
            finally:
                self._put_back(decoder)
        finally:
            self._leave(is_long)

    def end(self) -> None:
        """End the idle decoders."""
        with self._changed:
            idle, self._idle = self._idle, []
        for decoder in idle:
            decoder.end()

    def _wait(self, is_long: bool) -> None:
        with self._changed:
            if is_long and self._waiting_long >= MAX_WAITING:
                raise AllBusy
            self._waiting_long += is_long
            try:
                if not self._changed.wait_for(lambda: self._has_room(is_long), WAIT_S):
                    raise AllBusy
            finally:
                self._waiting_long -= is_long
            self._taken += 1
            self._taken_by_long += is_long

    def _has_room(self, is_long: bool) -> bool:
        if is_long and self._taken_by_long >= self.count:
            return False
        return self._taken <= self.count

    def _leave(self, is_long: bool) -> None:
        with self._changed:
            self._taken -= 1
            self._taken_by_long -= is_long
            self._changed.notify_all()

    def _take(self) -> Decoder:
        """Return an idle decoder that still runs, or start one."""
        while True:
            with self._changed:
                decoder = self._idle.pop() if self._idle else None
            if decoder is None:
                return _start()
            if decoder.is_fit():
                return decoder
            decoder.end()

    def _put_back(self, decoder: Decoder) -> None:
        if decoder.is_fit():
            with self._changed:
                self._idle.append(decoder)
        else:
            decoder.end()


def _start() -> Decoder:
    try:
        return Decoder()
    except OSError as error:
        # The system is out of processes, memory or open files, which is not the recording's fault.
        raise Died from error


_decoders: dict[int, Decoders] = {}
_starting = Condition()


def decoders(count: int) -> Decoders:
    """Return the decoders of this process; `count` of them decode whole recordings."""
    with _starting:
        mine = _decoders.get(os.getpid())
        if mine is None or mine.count != count:
            mine = _decoders[os.getpid()] = Decoders(count)
            atexit.register(mine.end)
        return mine
