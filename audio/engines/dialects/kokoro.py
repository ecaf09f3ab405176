"""Voices, and speech as a stream that can be closed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx
from django.conf import settings

from audio.engines.answer_stream import AnswerStream
from audio.engines.client import Engine, engine
from audio.engines.deadlines import allowed_s
from audio.engines.failures import EngineRefused

MODEL = "kokoro"
# Slow speech, so that an engine is given rather too much time.
CHARACTERS_PER_S = 10
# Hours of speech: more is no speech of any text that is taken.
LARGEST_SPEECH = 1024 * 1024 * 1024
# What an engine answers that is asked for a voice it does not have, and how it begins the list of
# those it has: 68 names that nobody reads.
_UNKNOWN_VOICE = (400, 404, 422)
_VOICES_FOLLOW = re.compile(r"\W*\b(available|known|valid) voices\b.*", re.IGNORECASE)


class UnknownVoice(EngineRefused):
    """The engine does not have this voice."""

    code = "invalid_value"


@dataclass(frozen=True, slots=True)
class Utterance:
    """What to say, in which voice and format; `further` fields are the engine's own."""

    text: str
    voice: str
    form: str
    further: Mapping[str, object]


def kokoro() -> Engine:
    """The engine that KOKORO_URL names."""
    return engine("kokoro", settings.KOKORO_URL)


def voices() -> tuple[str, ...]:
    """Ask for the catalogue: a list of strings or of objects with `id`, by the server's age."""
    answer = kokoro().ask("voices", "/v1/audio/voices")
    listed = answer.get("voices") if isinstance(answer, Mapping) else None
    if not isinstance(listed, list):
        raise kokoro().nonsense("voices is not a list")
    ids = (v.get("id") or v.get("name") if isinstance(v, Mapping) else v for v in listed)
    return tuple(dict.fromkeys(voice for voice in ids if isinstance(voice, str) and voice))


def speak(utterance: Utterance) -> "SpeechStream":
    """Start speech; return with its first bytes, so that what fails before can be told."""
    body = {
        **utterance.further,
        "model": MODEL,
        "input": utterance.text,
        "voice": utterance.voice,
        "response_format": utterance.form,
    }
    patience_s = allowed_s(len(utterance.text) / CHARACTERS_PER_S)
    try:
        stream = kokoro().open_stream("speak", "/v1/audio/speech", body, patience_s=patience_s)
    except EngineRefused as refused:
        raise _about_the_voice(refused) from refused
    return SpeechStream(kokoro(), stream)


def _about_the_voice(refused: EngineRefused) -> EngineRefused:
    """The same refusal, briefly and with its field if it is of the voice."""
    told = re.search(r"\bvoice\b", refused.reason, re.IGNORECASE) and refused.param is None
    if refused.status not in _UNKNOWN_VOICE or not (told or refused.param == "voice"):
        return refused
    reason = _VOICES_FOLLOW.sub(". GET /v1/audio/voices lists all.", refused.reason)
    return UnknownVoice(httpx.codes.BAD_REQUEST, reason, "voice", refused.retry_after)


class SpeechStream:
    """Audio as it is being spoken, from its first bytes on; whoever holds it closes it."""

    def __init__(self, spoken_by: Engine, stream: AnswerStream) -> None:
        self._engine, self._stream = spoken_by, stream
        self.content_type = stream.content_type
        try:
            self._first = self._read_first()
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        # Raising cuts the connection to the client: a clean end would pass for the whole speech.
        piece, spoken = self._first, 0
        while piece:
            yield piece
            spoken += len(piece)
            if spoken > LARGEST_SPEECH:
                raise self._engine.nonsense("it does not end")
            piece = self._stream.read()

    def close(self) -> None:
        """Stop the engine's work and give connection and place back."""
        self._stream.close()

    def _read_first(self) -> bytes:
        if self.content_type.startswith(("application/json", "text/")):
            raise self._engine.nonsense("it is not audio")
        first = self._stream.read()
        if not first:
            raise self._engine.nonsense("it spoke nothing of this text")
        return first
