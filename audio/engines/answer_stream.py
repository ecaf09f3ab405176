"""An engine's answer, piece by piece as it comes."""

import time
from typing import TYPE_CHECKING

import httpx

from audio import context
from audio.engines.deadlines import within
from audio.engines.slots import Admission

if TYPE_CHECKING:
    from audio.engines.client import Engine


class AnswerStream:
    """The body of a good answer; whoever holds it closes it, which stops the engine's work.

    An object with `close`, not a generator: a generator that never started would never give its
    connection and its place back.
    """

    def __init__(
        self, engine: "Engine", response: httpx.Response, admission: Admission, patience_s: float
    ) -> None:
        self._engine, self._response = engine, response
        self._admission, self._patience_s = admission, patience_s
        self._pieces = response.iter_raw()
        self._opened, self._is_open = time.monotonic(), True
        self.content_type: str = response.headers.get("content-type", "")

    def read(self) -> bytes:
        """The next piece; empty at the end.

        Raises
        ------
        EngineError, ClientLeft
        """
        with within(self._patience_s, ends_with_client=True):
            try:
                return next((piece for piece in self._pieces if piece), b"")
            except httpx.HTTPError as error:
                raise self._engine.translate(error) from error

    def close(self) -> None:
        """Give connection and place back."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            self._response.close()
        finally:
            self._admission.end()
            context.note_engine_call(self._opened, time.monotonic())
