"""Kokoro's dialect: the list of voices, and speech as a stream."""

import re
from collections.abc import Mapping

import httpx

from audio.engines.dialects.dialect import Capabilities, Dialect
from audio.engines.dialects.speech_stream import SpeechStream, Utterance
from audio.engines.failures import EngineRefused
from audio.engines.http.deadlines import allowed_s
from audio.engines.role_engine import RoleEngine

MODEL = "kokoro"
# The rate of slow speech: a deadline from it is too long for most texts, and too short for none.
CHARACTERS_PER_S = 10
# The statuses for a voice that an engine does not have, and how it begins the list of those that
# it has: 68 names, too many for a message.
_UNKNOWN_VOICE = (400, 404, 422)
_LIST_OF_VOICES = re.compile(r"(?<!\W)\W*+\b(available|known|valid) voices\b.*", re.IGNORECASE)


class UnknownVoice(EngineRefused):
    """The engine does not have this voice."""

    code = "invalid_value"


class Kokoro(Dialect):
    """Kokoro-FastAPI, and the built-in engine's speech."""

    name = "kokoro"
    capabilities = Capabilities(speech=True)
    is_foreign = False

    def list_voices(self, engine: RoleEngine) -> tuple[str, ...]:
        """Return the voices' names: newer servers list objects with `id`, older ones strings."""
        answer = engine.ask("voices", "/v1/audio/voices")
        listed = answer.get("voices") if isinstance(answer, Mapping) else None
        if not isinstance(listed, list):
            raise engine.bad_answer("voices is not a list")
        ids = (v.get("id") or v.get("name") if isinstance(v, Mapping) else v for v in listed)
        return tuple(dict.fromkeys(voice for voice in ids if isinstance(voice, str) and voice))

    def speak(self, engine: RoleEngine, utterance: Utterance) -> SpeechStream:
        """Start speech; a failure before its first bytes has a status."""
        body = {
            **utterance.extra,
            "model": engine.model or MODEL,
            "input": utterance.text,
            "voice": utterance.voice,
            "response_format": utterance.format,
        }
        silence_s = allowed_s(len(utterance.text) / CHARACTERS_PER_S)
        try:
            stream = engine.open_stream("speak", "/v1/audio/speech", body, silence_s=silence_s)
        except EngineRefused as refused:
            raise _as_unknown_voice(refused).about(None, body) from refused
        return SpeechStream(engine, stream)


def _as_unknown_voice(refused: EngineRefused) -> EngineRefused:
    """Return a refusal of the voice with its field and a short reason; others as they are."""
    mentions_voice = re.search(r"\bvoice\b", refused.reason, re.IGNORECASE)
    is_about_voice = refused.param == "voice" or (mentions_voice and refused.param is None)
    if refused.status not in _UNKNOWN_VOICE or not is_about_voice:
        return refused
    reason = _LIST_OF_VOICES.sub(". GET /v1/audio/voices lists all.", refused.reason)
    return UnknownVoice(httpx.codes.BAD_REQUEST, reason, "voice", refused.retry_after)
