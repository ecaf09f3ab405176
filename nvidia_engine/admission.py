"""Admission: the calls, and the audio, that this engine accepts at the same time."""

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from nvidia_engine.inference.units import Request


class Full(Exception):
    """The queue is full."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("The engine is busy and its queue is full; try again.")
        self.retry_after_s = retry_after_s


class Admission:
    """Counts calls and their seconds of audio.

    Parameters
    ----------
    cost
        Gives seconds of work for a second of audio, as measured.
    """

    def __init__(self, max_requests: int, max_seconds: float, cost: Callable[[], float]) -> None:
        self._max_requests, self._max_seconds, self._cost = max_requests, max_seconds, cost
        self._lock = threading.Lock()
        self._calls, self._requests, self._seconds = 0, 0, 0.0

    @property
    def seconds(self) -> float:
        return self._seconds

    @property
    def is_full(self) -> bool:
        """Whether any further recording would be refused."""
        return self._calls >= self._max_requests or self._seconds >= self._max_seconds

    @contextmanager
    def call(self) -> Iterator[None]:
        """Take on a call before its recording is decoded.

        Raises
        ------
        Full
            When there are too many calls; it says when to try again.
        """
        with self._lock:
            if self._calls >= self._max_requests:
                raise self._full()
            self._calls += 1
        try:
            yield
        finally:
            with self._lock:
                self._calls -= 1

    @contextmanager
    def request(self, seconds: float) -> Iterator[Request]:
        """Take on a recording; one that is alone is taken on at any length.

        Raises
        ------
        Full
            When there is too much audio; it says when to try again.
        """
        with self._lock:
            if self._requests and self._seconds + seconds > self._max_seconds:
                raise self._full()
            self._requests += 1
            self._seconds += seconds
        try:
            yield Request(seconds)
        finally:
            with self._lock:
                self._requests -= 1
                self._seconds -= seconds

    def _full(self) -> Full:
        return Full(max(1, math.ceil(self._seconds * self._cost() / 2)))
