"""A voice command: its samples while they arrive, then its words."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from audio.api.event_fields import InvalidEvent
from audio.api.serializers.transcriptions import stt_model
from audio.media.decoding import SAMPLE_RATE
from audio.media.memory_files import memory_file
from audio.media.resampling import Resampler
from audio.pipeline.spelling import Spelling
from audio.pipeline.transcription import transcribe
from audio.wyoming.client_requests import WIDTH, AudioForm, CommandRequest

Samples = NDArray[np.int16]
# Engines refuse shorter recordings, as OpenAI does; a button that is pressed by mistake sends one.
SHORTEST_S = 0.1


@dataclass(frozen=True, slots=True)
class CommandTranscript:
    """The text of a command, and its language (a code, empty where it is unknown)."""

    text: str
    language: str


class ReceivedAudio:
    """The audio of one command, up to WYOMING_AUDIO_S, at 16 kHz and on one channel."""

    def __init__(self, form: AudioForm) -> None:
        self._form = form
        self._resampler = Resampler(form.rate, SAMPLE_RATE, np.int16)
        self._blocks: list[Samples] = []
        self._length = 0

    def add(self, form: AudioForm, audio: bytes) -> None:
        """Add samples.

        Raises
        ------
        InvalidEvent
        """
        if form != self._form:
            raise InvalidEvent(
                "audio-chunk: expected the rate and the channels of the first event, "
                f"{self._form.rate} Hz and {self._form.channels}, got {form.rate} Hz and "
                f"{form.channels}."
            )
        frame = WIDTH * form.channels
        content = audio[: len(audio) // frame * frame]
        if content:
            by_frame = np.frombuffer(content, "<i2").reshape(-1, form.channels)
            mono = by_frame.mean(axis=1).astype(np.int16) if form.channels > 1 else by_frame[:, 0]
            self._keep(self._resampler.feed(mono.astype(np.int16, copy=False)))

    def samples(self) -> Samples:
        """Return all samples; none may be added afterwards."""
        self._keep(self._resampler.rest())
        return np.concatenate([np.empty(0, np.int16), *self._blocks])

    def _keep(self, blocks: Iterator[Samples]) -> None:
        for block in blocks:
            self._blocks.append(block)
            self._length += len(block)
        if self._length > settings.WYOMING_AUDIO_S * SAMPLE_RATE:
            raise InvalidEvent(
                f"audio-chunk: expected at most {settings.WYOMING_AUDIO_S:g} s of audio before "
                "audio-stop."
            )


def transcribe_command(samples: Samples, request: CommandRequest) -> CommandTranscript:
    """Transcribe a command; one that is too short for a word has no text.

    Raises
    ------
    EngineError, UnusableAudio, rest_framework.exceptions.APIException
    """
    options = {"model": stt_model(request.model), "language": request.language}
    if len(samples) < SHORTEST_S * SAMPLE_RATE:
        return CommandTranscript("", request.language)
    given = {name: value for name, value in options.items() if value}
    spelling = Spelling(keywords=request.terms, language=request.language)
    with memory_file(samples, field="audio") as recording:
        found = transcribe(recording, given, spelling=spelling).transcription
    return CommandTranscript(found.text, found.language or request.language)
