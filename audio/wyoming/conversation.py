"""The events of one client, and what they ask for: recognition, speech, information."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from wyoming.asr import Transcript, TranscriptChunk, TranscriptStart, TranscriptStop
from wyoming.event import Event
from wyoming.ping import Pong
from wyoming.tts import SynthesizeStopped

from audio.api.event_fields import InvalidEvent
from audio.context import RequestEntry
from audio.formats.openai_json import text_deltas
from audio.wyoming.client_requests import (
    CommandRequest,
    VoiceRequest,
    audio_form,
    command_request,
    ping_text,
    spoken_text,
    voice_request,
)
from audio.wyoming.event_connection import CLIENT_LEFT, EventConnection, Refused
from audio.wyoming.information import information
from audio.wyoming.speech_output import SpeechOutput
from audio.wyoming.spoken_text import TooMuchText
from audio.wyoming.streamed_answer import StreamedAnswer
from audio.wyoming.voice_command import CommandTranscript, ReceivedAudio, transcribe_command


class Conversation:
    """The state of one client: the command that arrives, and the answer that is spoken."""

    def __init__(self, connection: EventConnection) -> None:
        self._connection = connection
        self._request = CommandRequest()
        self._audio: ReceivedAudio | None = None
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
        except InvalidEvent as error:
            raise Refused(str(error), error.code) from error
        except TooMuchText as error:
            raise Refused(str(error), "invalid_value") from error

    async def _describe(self, _: Event) -> None:
        await self._connection.send(
            await self._connection.in_thread("describe", lambda _entry: information())
        )

    async def _ping(self, event: Event) -> None:
        await self._connection.send(Pong(ping_text(event)))

    async def _transcribe(self, event: Event) -> None:
        self._request = command_request(event)

    async def _start_audio(self, event: Event) -> None:
        self._audio = ReceivedAudio(audio_form(event))

    async def _add_audio(self, event: Event) -> None:
        form = audio_form(event)
        if self._audio is None:
            self._audio = ReceivedAudio(form)
        self._audio.add(form, event.payload or b"")

    async def _stop_audio(self, _: Event) -> None:
        audio, request = self._audio, self._request
        self._audio, self._request = None, CommandRequest()
        if audio is None:
            raise Refused("audio-stop: expected audio before it.", "bad_event")

        def ask(entry: RequestEntry) -> CommandTranscript:
            samples = audio.samples()
            entry.bytes_in = samples.nbytes
            transcript = transcribe_command(samples, request)
            entry.bytes_out = len(transcript.text.encode())
            return transcript

        await self._send_transcript(await self._connection.in_thread("transcribe", ask))

    async def _send_transcript(self, transcript: CommandTranscript) -> None:
        language = transcript.language or None
        await self._connection.send(TranscriptStart(language=language))
        for sentence in filter(None, text_deltas(transcript.text)):
            await self._connection.send(TranscriptChunk(sentence))
        await self._connection.send(Transcript(transcript.text, language=language))
        await self._connection.send(TranscriptStop())

    async def _synthesize(self, event: Event) -> None:
        if self._answer is not None:
            # The whole text once more, for servers that do not take it in parts.
            return
        text = spoken_text(event)
        self._answer = answer = self._new_answer(voice_request(event))
        answer.add(text)
        await answer.finished()
        self._answer = None

    async def _start_answer(self, event: Event) -> None:
        if self._answer is not None:
            raise Refused("synthesize-start: expected synthesize-stop before it.", "bad_event")
        self._answer = self._new_answer(voice_request(event))

    async def _add_text(self, event: Event) -> None:
        if self._answer is None:
            raise Refused("synthesize-chunk: expected synthesize-start before it.", "bad_event")
        self._answer.add(spoken_text(event))

    async def _stop_answer(self, _: Event) -> None:
        if self._answer is None:
            raise Refused("synthesize-stop: expected synthesize-start before it.", "bad_event")
        await self._answer.finished()
        self._answer = None
        await self._connection.send(SynthesizeStopped())

    def _new_answer(self, voice: VoiceRequest) -> StreamedAnswer:
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
