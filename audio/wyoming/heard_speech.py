"""A voice command: its samples while they arrive, then its words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray
from rest_framework import serializers
from wyoming.asr import Transcribe
from wyoming.audio import AudioChunk, AudioFormat

from audio.api.serializers.spelling import SpelledRequest
from audio.api.serializers.transcriptions import stt_model
from audio.engines.languages import language_code
from audio.media.decoding import SAMPLE_RATE
from audio.media.memory_files import memory_file
from audio.media.resampling import Resampler
from audio.pipeline.transcription import transcribe

Samples = NDArray[np.int16]
LOWEST_RATE, HIGHEST_RATE = 4_000, 192_000
MOST_CHANNELS = 8
WIDTH = 2


class UnusableSpeech(ValueError):
    """Audio that cannot be transcribed; the message names the field and what was expected."""


class TranscribeRequest(SpelledRequest):
    """The fields of `transcribe`, as the transcriptions endpoint checks them."""

    model = serializers.CharField(required=False, allow_blank=True, max_length=200)
    language = serializers.CharField(required=False, allow_blank=True, max_length=50)

    def validate_model(self, model: str) -> str:
        """Return the model that was asked for, or the one that its alias means."""
        return stt_model(model)

    def validate_language(self, language: str) -> str:
        """Return the code that engines expect: en for en-US."""
        return language_code(language)


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said, and in which language (a code, empty where it is unknown)."""

    text: str
    language: str


class HeardSpeech:
    """The audio of one command, up to WYOMING_AUDIO_S, at 16 kHz and on one channel."""

    def __init__(self, form: AudioFormat) -> None:
        _check(form)
        self._form = form.rate, form.channels
        self._resampler = Resampler(form.rate, SAMPLE_RATE, np.int16)
        self._blocks: list[Samples] = []
        self._length = 0

    def add(self, chunk: AudioChunk) -> None:
        """Add samples.

        Raises
        ------
        UnusableSpeech
        """
        _check(chunk)
        if (chunk.rate, chunk.channels) != self._form:
            raise UnusableSpeech("audio-chunk: expected the rate and the channels of audio-start.")
        frame = WIDTH * chunk.channels
        content = chunk.audio[: len(chunk.audio) // frame * frame]
        if content:
            by_frame = np.frombuffer(content, "<i2").reshape(-1, chunk.channels)
            mono = by_frame.mean(axis=1).astype(np.int16) if chunk.channels > 1 else by_frame[:, 0]
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
            raise UnusableSpeech(
                f"audio-chunk: expected at most {settings.WYOMING_AUDIO_S:g} s of audio before "
                "audio-stop."
            )


def transcript_of(samples: Samples, asked: Transcribe) -> Heard:
    """Transcribe a command; without samples it says nothing.

    Raises
    ------
    EngineError, UnusableAudio, rest_framework.exceptions.APIException
    """
    request = TranscribeRequest(data=_fields(asked))
    request.is_valid(raise_exception=True)
    given: Mapping[str, Any] = request.validated_data
    if not len(samples):
        return Heard("", given.get("language", ""))
    options = {name: given[name] for name in ("model", "language") if given.get(name)}
    with memory_file(samples, field="audio") as recording:
        found = transcribe(recording, options, spelling=request.wanted_spelling()).transcription
    return Heard(found.text, found.language or given.get("language", ""))


def _fields(asked: Transcribe) -> dict[str, object]:
    """Return the fields under the names of the transcriptions endpoint; names come first."""
    lists = (asked.transcript_names or (), asked.transcript_terms or ())
    if not all(isinstance(terms, list | tuple) for terms in lists):
        raise UnusableSpeech("transcript_names, transcript_terms: expected lists of texts.")
    fields = {"model": asked.name, "language": asked.language}
    keywords = [term for terms in lists for term in terms]
    return {name: value for name, value in fields.items() if value} | {"keywords": keywords}


def _check(form: AudioFormat) -> None:
    limits = {
        "rate": (LOWEST_RATE, HIGHEST_RATE),
        "width": (WIDTH, WIDTH),
        "channels": (1, MOST_CHANNELS),
    }
    for name, (least, most) in limits.items():
        value = getattr(form, name)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            expected = str(least) if least == most else f"{least} to {most}"
            raise UnusableSpeech(f"{name}: expected {expected}.")
