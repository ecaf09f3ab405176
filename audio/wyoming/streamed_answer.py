"""An answer whose text arrives in parts: each piece is spoken while the next ones arrive."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from audio.wyoming.speech_output import SpeechOutput
from audio.wyoming.spoken_text import SpokenText

# Runs a call that blocks.
Run = Callable[[Callable[[], None]], Awaitable[None]]


class StreamedAnswer:
    """The text of one answer, and the task that speaks it; `failed` is called if that fails."""

    def __init__(
        self, output: SpeechOutput, run: Run, failed: Callable[[BaseException], None]
    ) -> None:
        self._output, self._run, self._failed = output, run, failed
        self._text = SpokenText()
        self._pieces: asyncio.Queue[str | None] = asyncio.Queue()
        self._speaking = asyncio.create_task(self._speak())
        self._speaking.add_done_callback(self._note)

    def add(self, text: str) -> None:
        """Add a part of the text.

        Raises
        ------
        TooMuchText
        """
        for piece in self._text.add(text):
            self._pieces.put_nowait(piece)

    async def finished(self) -> None:
        """Speak the rest; return when the client has got the end of the audio."""
        for piece in self._text.rest():
            self._pieces.put_nowait(piece)
        self._pieces.put_nowait(None)
        await self._speaking

    def cancel(self) -> None:
        """Speak no further piece."""
        self._speaking.cancel()

    async def _speak(self) -> None:
        while (piece := await self._pieces.get()) is not None:
            await self._run(partial(self._output.say, piece))
        await self._run(self._output.end)

    def _note(self, speaking: asyncio.Task[None]) -> None:
        if not speaking.cancelled() and (failure := speaking.exception()) is not None:
            self._failed(failure)
