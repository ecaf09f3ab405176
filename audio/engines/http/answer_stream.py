"""The body of an engine's answer, block by block as it arrives."""

import time

import httpx

from audio import context
from audio.context import HeldSlots
from audio.engines.availability import note_answer
from audio.engines.failures import from_transport
from audio.engines.http.deadlines import within


class AnswerStream:
    """The body of a good answer; its holder closes it, which stops the engine's work.

    An object with `close`, not a generator: a generator that never started would never give its
    connection and its slot back.
    """

    def __init__(
        self, engine: str, url: str, response: httpx.Response, slots: HeldSlots, silence_s: float
    ) -> None:
        self._engine, self._url, self._response = engine, url, response
        self._slots, self._silence_s = slots, silence_s
        self._blocks = response.iter_raw()
        self._opened, self._is_open = time.monotonic(), True
        self.content_type: str = response.headers.get("content-type", "")

    def read(self) -> bytes:
        """Return the next block; an empty one at the end.

        Raises
        ------
        EngineError, ClientLeft
        """
        with within(self._silence_s, ends_with_client=True):
            try:
                block = next((block for block in self._blocks if block), b"")
            except httpx.HTTPError as error:
                raise from_transport(self._engine, error) from error
        if not block:
            note_answer(self._engine, self._url)
        return block

    def close(self) -> None:
        """Give the connection and the slot back."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            self._response.close()
        finally:
            self._slots.end()
            context.note_engine_call(self._opened, time.monotonic())
