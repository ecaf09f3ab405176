"""Which voices does the speech engine have? Asked rarely, however often clients want to know.

Home Assistant polls for models every minute, with many at once after a restart, and an engine that
is down takes seconds to say so.
"""

import math
import time
from collections.abc import Callable
from threading import Lock

from audio.engines.dialects import kokoro
from audio.engines.failures import EngineError

FRESH_S = 60.0
RETRY_S = 10.0


class KnownVoices:
    """The engine's last word, asked for again when it is old; kept while the engine is down."""

    def __init__(
        self,
        ask: Callable[[], tuple[str, ...]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask, self._clock = ask, clock
        self._voices: tuple[str, ...] = ()
        self._told_at = self._ask_at = -math.inf
        self._asking = Lock()

    def all(self) -> tuple[str, ...]:
        """Every voice; none while the engine has not answered yet."""
        # One request asks; others wait for it only when there is nothing to tell them meanwhile.
        if self._is_due() and self._asking.acquire(blocking=not self._voices):
            try:
                if self._is_due():
                    self._refresh()
            finally:
                self._asking.release()
        return self._voices

    def fresh(self) -> tuple[str, ...]:
        """Every voice that the engine told a moment ago; none if it did not. Never asks."""
        return self._voices if self._clock() < self._told_at + FRESH_S else ()

    def _is_due(self) -> bool:
        return self._clock() >= self._ask_at

    def _refresh(self) -> None:
        try:
            self._voices = self._ask()
        except EngineError:
            self._ask_at = self._clock() + RETRY_S
        else:
            self._told_at = self._clock()
            self._ask_at = self._told_at + FRESH_S


VOICES = KnownVoices(kokoro.voices)
