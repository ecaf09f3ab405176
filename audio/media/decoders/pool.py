"""The decoders of this process: started when they are needed, shared by all its threads."""

import atexit
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from audio.media.decoders.process import Decoder, Died

logger = logging.getLogger(__name__)
# A job waits at most so long for a decoder.
WAIT_S = 60.0
# Each of them keeps a thread that somebody else may need: further ones are refused at once.
MOST_WAITING = 16


class AllBusy(Exception):
    """No decoder became free in time, or too many wait already."""


class Decoders:
    """Some decoders for whole recordings, and one more for glances.

    A glance takes milliseconds, and somebody with a short recording waits for it: it must not
    stand behind recordings of hours.
    """

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once
        self._changed = Condition()
        self._idle: list[Decoder] = []
        self._taken = self._taken_for_long = self._waiting_for_long = 0

    @contextmanager
    def one(self, *, for_long: bool) -> Iterator[Decoder]:
        """A decoder until the end of the block.

        Raises
        ------
        AllBusy, Died
        """
        self._wait(for_long)
        try:
            decoder = self._fit()
            try:
                yield decoder
            finally:
                self._put_back(decoder)
        finally:
            self._leave(for_long)

    def end(self) -> None:
        """End those that nobody uses."""
        with self._changed:
            idle, self._idle = self._idle, []
        for decoder in idle:
            decoder.end()

    def _wait(self, for_long: bool) -> None:
        with self._changed:
            if for_long and self._waiting_for_long >= MOST_WAITING:
                raise AllBusy
            self._waiting_for_long += for_long
            try:
                if not self._changed.wait_for(lambda: self._has_room(for_long), WAIT_S):
                    raise AllBusy
            finally:
                self._waiting_for_long -= for_long
            self._taken += 1
            self._taken_for_long += for_long

    def _has_room(self, for_long: bool) -> bool:
        if for_long and self._taken_for_long >= self.at_once:
            return False
        return self._taken <= self.at_once

    def _leave(self, for_long: bool) -> None:
        with self._changed:
            self._taken -= 1
            self._taken_for_long -= for_long
            self._changed.notify_all()

    def _fit(self) -> Decoder:
        """One that is there; it may have been ended while it was idle."""
        while True:
            with self._changed:
                decoder = self._idle.pop() if self._idle else None
            if decoder is None:
                return _started()
            if decoder.is_fit():
                return decoder
            decoder.end()

    def _put_back(self, decoder: Decoder) -> None:
        if decoder.is_fit():
            with self._changed:
                self._idle.append(decoder)
        else:
            decoder.end()


def _started() -> Decoder:
    try:
        return Decoder()
    except OSError as error:
        # Of processes, memory or open files there are no more: a recording has no part in that.
        raise Died from error


_decoders: dict[int, Decoders] = {}
_starting = Condition()


def decoders(at_once: int) -> Decoders:
    """Those of this process, of which so many do whole recordings at once."""
    with _starting:
        mine = _decoders.get(os.getpid())
        if mine is None or mine.at_once != at_once:
            mine = _decoders[os.getpid()] = Decoders(at_once)
            atexit.register(mine.end)
        return mine
