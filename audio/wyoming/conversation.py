"""One client's connection: its events in, and what they ask for out."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import CancelledError, Executor
from functools import partial
from http import HTTPStatus
from typing import TypeVar

from django.conf import settings
from wyoming.asr import Transcribe, Transcript, TranscriptChunk, TranscriptStart, TranscriptStop
from wyoming.audio import AudioChunk, AudioStart
from wyoming.error import Error
from wyoming.event import Event, Eventable
from wyoming.ping import Ping, Pong
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStopped,
    SynthesizeVoice,
)

from audio import context
from audio.api import request_log
from audio.api.errors import problem_of
from audio.context import RequestEntry, WorkContext
from audio.wyoming.frames import BadFrame, read_frame, write_frame
from audio.wyoming.heard_speech import Heard, HeardSpeech, UnusableSpeech, transcript_of
from audio.wyoming.information import information
from audio.wyoming.speech_output import SpeechOutput
from audio.wyoming.spoken_text import TooMuchText
from audio.wyoming.streamed_answer import StreamedAnswer

METHOD = "WYOMING"
T = TypeVar("T")
# The last one: the server ends while a thread waits for its client.
_CLIENT_LEFT = (ConnectionError, TimeoutError, CancelledError)
_AFTER_SENTENCES = re.compile(r"(?<=[.?!…])(?=\s)|(?<=[。？！])")  # noqa: RUF001


class Refused(Exception):
    """Why a connection ends: the client is shown the text and the code."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.error = Error(text, code)


class Conversation:
    """A client's connection; `threads` ask the engines."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, threads: Executor
    ) -> None:
        self._reader, self._writer, self._threads = reader, writer, threads
        self._loop = asyncio.get_running_loop()
        self._asked = Transcribe()
        self._speech: HeardSpeech | None = None
        self._answer: StreamedAnswer | None = None
        self._failure: BaseException | None = None
        self._reading: asyncio.Timeout | None = None
        self._is_stopping = False
        self._handlers: Mapping[str, Callable[[Event], Awaitable[None]]] = {
            "describe": self._describe,
            "ping": self._ping,
            "transcribe": self._transcribe,
            "audio-start": self._start_audio,
            "audio-chunk": self._add_audio,
            "audio-stop": self._stop_audio,
            "synthesize": self._synthesize,
            "synthesize-start": self._start_answer,
            "synthesize-chunk": self._add_text,
            "synthesize-stop": self._stop_answer,
        }

    async def serve(self) -> None:
        """Serve the client until it leaves, or until an event cannot be served."""
        try:
            while (event := await self._next()) is not None:
                # The protocol has events for other programs: they are ignored.
                if handle := self._handlers.get(event.type):
                    await self._handled(handle, event)
        except Refused as refusal:
            await self._show(refusal.error)
        except _CLIENT_LEFT:
            self.abandon()
        finally:
            if self._answer is not None:
                self._answer.cancel()

    def stop(self) -> None:
        """Read no further event; what is under way is answered."""
        self._is_stopping = True
        self._stop_reading()

    def abandon(self) -> None:
        """Cut the connection, which ends the engine calls under way."""
        self._writer.transport.abort()

    async def send(self, event: Eventable) -> None:
        """Send an event."""
        await write_frame(self._writer, event)

    async def _in_thread(self, route: str, ask: Callable[[RequestEntry], T]) -> T:
        """Ask the engines in a thread, with a line of its own in the request log.

        Raises
        ------
        Refused, ConnectionError, TimeoutError
        """
        return await self._loop.run_in_executor(self._threads, self._noted, route, ask)

    def _send_from_thread(self, event: Eventable) -> None:
        """Send an event from a thread; return when the client has read most of it."""
        asyncio.run_coroutine_threadsafe(self.send(event), self._loop).result()

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.reschedule(self._loop.time())

    async def _next(self) -> Event | None:
        """Return the next event.

        Raises
        ------
        Refused, ConnectionError
        """
        self._raise_if_over()
        try:
            async with asyncio.timeout(settings.CLIENT_TIMEOUT_S) as self._reading:
                return await read_frame(self._reader)
        except BadFrame as error:
            raise Refused(str(error), "bad_frame") from error
        except TimeoutError:
            self._raise_if_over()
            raise Refused("No event has arrived for too long.", "idle_timeout") from None
        finally:
            self._reading = None

    def _raise_if_over(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._is_stopping:
            raise Refused("The server is stopping; connect again.", "server_stopping")

    async def _handled(self, handle: Callable[[Event], Awaitable[None]], event: Event) -> None:
        try:
            await handle(event)
        except (UnusableSpeech, TooMuchText) as error:
            raise Refused(str(error), "invalid_value") from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            # The package reads fields of events without checks.
            raise Refused(f"{event.type}: its fields cannot be read.", "bad_event") from error

    def _noted(self, route: str, ask: Callable[[RequestEntry], T]) -> T:
        entry = RequestEntry(METHOD, time.monotonic(), route)
        work = WorkContext(
            trace=context.new_trace(context.new_request_id()),
            request=entry,
            client_has_left=self._writer.transport.is_closing,
            calls_end_with_client=True,
        )
        context.begin(work)
        try:
            answer = ask(entry)
        except _CLIENT_LEFT:
            entry.is_cut = True
            raise
        except UnusableSpeech as error:
            entry.status = HTTPStatus.BAD_REQUEST
            raise Refused(str(error), "invalid_value") from error
        except Exception as failure:
            problem = problem_of(failure)
            entry.status = problem.status
            raise Refused(problem.message, problem.code or "failed") from failure
        else:
            entry.status = HTTPStatus.OK
            return answer
        finally:
            request_log.write(entry)
            context.end()

    async def _show(self, error: Error) -> None:
        try:
            await self.send(error)
        except _CLIENT_LEFT:
            self.abandon()

    async def _describe(self, _: Event) -> None:
        await self.send(await self._in_thread("describe", lambda _entry: information()))

    async def _ping(self, event: Event) -> None:
        await self.send(Pong(Ping.from_event(event).text))

    async def _transcribe(self, event: Event) -> None:
        self._asked = Transcribe.from_event(event)

    async def _start_audio(self, event: Event) -> None:
        self._speech = HeardSpeech(AudioStart.from_event(event))

    async def _add_audio(self, event: Event) -> None:
        chunk = AudioChunk.from_event(event)
        if self._speech is None:
            self._speech = HeardSpeech(chunk)
        self._speech.add(chunk)

    async def _stop_audio(self, _: Event) -> None:
        speech, asked = self._speech, self._asked
        self._speech, self._asked = None, Transcribe()
        if speech is None:
            raise Refused("audio-stop: expected audio before it.", "bad_event")

        def ask(entry: RequestEntry) -> Heard:
            samples = speech.samples()
            entry.bytes_in = samples.nbytes
            heard = transcript_of(samples, asked)
            entry.bytes_out = len(heard.text.encode())
            return heard

        await self._send_transcript(await self._in_thread("transcribe", ask))

    async def _send_transcript(self, heard: Heard) -> None:
        language = heard.language or None
        await self.send(TranscriptStart(language=language))
        for sentence in filter(None, _AFTER_SENTENCES.split(heard.text)):
            await self.send(TranscriptChunk(sentence))
        await self.send(Transcript(heard.text, language=language))
        await self.send(TranscriptStop())

    async def _synthesize(self, event: Event) -> None:
        if self._answer is not None:
            # The whole text once more, for servers that do not take it in parts.
            return
        asked = Synthesize.from_event(event)
        self._answer = answer = self._new_answer(asked.voice)
        answer.add(_text(asked.text))
        await answer.finished()
        self._answer = None

    async def _start_answer(self, event: Event) -> None:
        if self._answer is not None:
            raise Refused("synthesize-start: expected synthesize-stop before it.", "bad_event")
        self._answer = self._new_answer(SynthesizeStart.from_event(event).voice)

    async def _add_text(self, event: Event) -> None:
        if self._answer is None:
            raise Refused("synthesize-chunk: expected synthesize-start before it.", "bad_event")
        self._answer.add(_text(SynthesizeChunk.from_event(event).text))

    async def _stop_answer(self, _: Event) -> None:
        if self._answer is None:
            raise Refused("synthesize-stop: expected synthesize-start before it.", "bad_event")
        await self._answer.finished()
        self._answer = None
        await self.send(SynthesizeStopped())

    def _new_answer(self, voice: SynthesizeVoice | None) -> StreamedAnswer:
        output = SpeechOutput(voice, self._send_from_thread)

        async def run(speak: Callable[[], None]) -> None:
            await self._in_thread("synthesize", partial(_spoken, speak, output))

        return StreamedAnswer(output, run, self._fail)

    def _fail(self, failure: BaseException) -> None:
        """End the connection with what went wrong while it is read."""
        self._failure = failure
        self._stop_reading()


def _spoken(speak: Callable[[], None], output: SpeechOutput, entry: RequestEntry) -> None:
    before = output.bytes_sent
    try:
        speak()
    finally:
        entry.bytes_out = output.bytes_sent - before


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Refused("text: expected a text.", "invalid_value")
    return value
