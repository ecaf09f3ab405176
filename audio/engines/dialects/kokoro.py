"""Kokoro's dialect: the list of voices, and speech as a stream that can be closed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx
from django.conf import settings

from audio.engines.client import Engine, engine
from audio.engines.failures import EngineRefused
from audio.engines.http.answer_stream import AnswerStream
from audio.engines.http.deadlines import allowed_s

MODEL = "kokoro"
# The rate of slow speech: a deadline from it is too long for most texts, and too short for none.
CHARACTERS_PER_S = 10
# Hours of speech: no text that the gateway accepts takes longer to speak.
MAX_SPEECH_BYTES = 1024 * 1024 * 1024
# The statuses for a voice that an engine does not have, and how it begins the list of those that
# it has: 68 names, too many for a message.
_UNKNOWN_VOICE = (400, 404, 422)
_LIST_OF_VOICES = re.compile(r"\W*\b(available|known|valid) voices\b.*", re.IGNORECASE)


class UnknownVoice(EngineRefused):
    """The engine does not have this voice."""

    code = "invalid_value"


@dataclass(frozen=True, slots=True)
class Utterance:
    """A text to speak, its voice and its format; `extra` has fields that only Kokoro knows."""

    text: str
    voice: str
    format: str
    extra: Mapping[str, object]


def kokoro() -> Engine:
    """Return the engine that KOKORO_URL names."""
    return engine("kokoro", settings.KOKORO_URL)


def voices() -> tuple[str, ...]:
    """Return the voices' names: newer servers list objects with `id`, older ones list strings."""
    answer = kokoro().ask("voices", "/v1/audio/voices")
    listed = answer.get("voices") if isinstance(answer, Mapping) else None
    if not isinstance(listed, list):
        raise kokoro().bad_answer("voices is not a list")
    ids = (v.get("id") or v.get("name") if isinstance(v, Mapping) else v for v in listed)
    return tuple(dict.fromkeys(voice for voice in ids if isinstance(voice, str) and voice))


def speak(utterance: Utterance) -> "SpeechStream":
    """Start speech; return with its first bytes, so that a failure before them has a status."""
    body = {
        **utterance.extra,
        "model": MODEL,
        "input": utterance.text,
        "voice": utterance.voice,
        "response_format": utterance.format,
    }
    silence_s = allowed_s(len(utterance.text) / CHARACTERS_PER_S)
    try:
        stream = kokoro().open_stream("speak", "/v1/audio/speech", body, silence_s=silence_s)
    except EngineRefused as refused:
        raise _as_unknown_voice(refused).about(None, body) from refused
    return SpeechStream(kokoro(), stream)


def _as_unknown_voice(refused: EngineRefused) -> EngineRefused:
    """Return a refusal of the voice with its field and a short reason; others as they are."""
    mentions_voice = re.search(r"\bvoice\b", refused.reason, re.IGNORECASE)
    is_about_voice = refused.param == "voice" or (mentions_voice and refused.param is None)
    if refused.status not in _UNKNOWN_VOICE or not is_about_voice:
        return refused
    reason = _LIST_OF_VOICES.sub(". GET /v1/audio/voices lists all.", refused.reason)
    return UnknownVoice(httpx.codes.BAD_REQUEST, reason, "voice", refused.retry_after)


class SpeechStream:
    """Audio while it is being spoken, from its first bytes on; its holder closes it."""

    def __init__(self, spoken_by: Engine, stream: AnswerStream) -> None:
        self._engine, self._stream = spoken_by, stream
        self.content_type = stream.content_type
        try:
            self._first = self._read_first()
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        # A failure raises here and cuts the connection to the client, to whom a regular end would
        # mean that the speech is complete.
        block, size = self._first, 0
        while block:
            yield block
            size += len(block)
            if size > MAX_SPEECH_BYTES:
                raise self._engine.bad_answer("it does not end")
            block = self._stream.read()

    def close(self) -> None:
        """Stop the engine's work, and give the connection and the slot back."""
        self._stream.close()

    def _read_first(self) -> bytes:
        if self.content_type.startswith(("application/json", "text/")):
            raise self._engine.bad_answer("it is not audio")
        first = self._stream.read()
        if not first:
            raise self._engine.bad_answer("it spoke nothing of this text")
        return first
