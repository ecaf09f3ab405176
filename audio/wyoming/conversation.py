"""The events of one client, and what they ask for: recognition, speech, information."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from wyoming.asr import Transcribe, Transcript, TranscriptChunk, TranscriptStart, TranscriptStop
from wyoming.audio import AudioChunk, AudioStart
from wyoming.event import Event
from wyoming.ping import Ping, Pong
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStopped,
    SynthesizeVoice,
)

from audio.context import RequestEntry
from audio.formats.openai_json import text_deltas
from audio.wyoming.event_connection import CLIENT_LEFT, EventConnection, Refused
from audio.wyoming.heard_speech import Heard, HeardSpeech, UnusableSpeech, transcript_of
from audio.wyoming.information import information
from audio.wyoming.speech_output import SpeechOutput
from audio.wyoming.spoken_text import TooMuchText
from audio.wyoming.streamed_answer import StreamedAnswer


class Conversation:
    """What a client says and hears on its connection."""

    def __init__(self, connection: EventConnection) -> None:
        self._connection = connection
        self._asked = Transcribe()
        self._speech: HeardSpeech | None = None
        self._answer: StreamedAnswer | None = None
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
            await self._answer_events()
        except CLIENT_LEFT:
            self._connection.abandon()
        finally:
            if self._answer is not None:
                self._answer.cancel()

    async def _answer_events(self) -> None:
        try:
            while (event := await self._connection.next()) is not None:
                # The protocol has events for other programs: they are ignored.
                if handle := self._handlers.get(event.type):
                    await self._handled(handle, event)
        except Refused as refusal:
            await self._connection.send(refusal.error)

    async def _handled(self, handle: Callable[[Event], Awaitable[None]], event: Event) -> None:
        try:
            await handle(event)
        except (UnusableSpeech, TooMuchText) as error:
            raise Refused(str(error), "invalid_value") from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            # The package reads fields of events without checks.
            raise Refused(f"{event.type}: its fields cannot be read.", "bad_event") from error

    async def _describe(self, _: Event) -> None:
        await self._connection.send(
            await self._connection.in_thread("describe", lambda _entry: information())
        )

    async def _ping(self, event: Event) -> None:
        await self._connection.send(Pong(Ping.from_event(event).text))

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

        await self._send_transcript(await self._connection.in_thread("transcribe", ask))

    async def _send_transcript(self, heard: Heard) -> None:
        language = heard.language or None
        await self._connection.send(TranscriptStart(language=language))
        for sentence in filter(None, text_deltas(heard.text)):
            await self._connection.send(TranscriptChunk(sentence))
        await self._connection.send(Transcript(heard.text, language=language))
        await self._connection.send(TranscriptStop())

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
        await self._connection.send(SynthesizeStopped())

    def _new_answer(self, voice: SynthesizeVoice | None) -> StreamedAnswer:
        output = SpeechOutput(voice, self._connection.send_from_thread)

        async def run(speak: Callable[[], None]) -> None:
            await self._connection.in_thread("synthesize", partial(_spoken, speak, output))

        return StreamedAnswer(output, run, self._connection.fail)


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
