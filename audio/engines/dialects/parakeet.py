"""The dialect `parakeet`: the contract of the gateway's own engines."""

import time
from collections.abc import Mapping

from audio.engines.dialects.dialect import Capabilities, Dialect
from audio.engines.dialects.keywords import without_keywords
from audio.engines.dialects.readers.parakeet_answers import (
    read_parakeet_transcription,
    read_parakeet_turns,
)
from audio.engines.dialects.translation import translation_refusals
from audio.engines.failures import EngineCannotTranslate, EngineFailed, EngineRefused
from audio.engines.role_engine import RoleEngine
from audio.media.recording import Recording
from audio.merge.values import Diarization, Transcription

_TRANSLATE = "/v1/audio/translations"
# How long an engine without translation is not asked again: it may be one that starts, behind a
# proxy that answers 404.
_REMEMBERED_S = 60.0


class Parakeet(Dialect):
    """The engine contract that `cpu_engine` and `nvidia_engine` have."""

    name = "parakeet"
    capabilities = Capabilities(
        words="words", turns=True, voices="turns", translates=True, max_speakers=4
    )
    is_foreign = False

    def __init__(self) -> None:
        self._only_transcribes: dict[tuple[str, ...], float] = {}

    def transcribe(
        self, engine: RoleEngine, recording: Recording, options: Mapping[str, str]
    ) -> Transcription:
        """Transcribe a recording; options (model, language, …) are sent to the engine as is."""
        named = {"model": engine.model} if engine.model else {}
        given = {**named, **without_keywords(options)}
        fields: dict[str, object] = {
            "response_format": "verbose_json",
            "timestamp_granularities[]": ["word", "segment"],
            **given,
        }
        path = engine.path or "/v1/audio/transcriptions"
        try:
            answer = engine.post_recording("transcribe", path, recording, fields)
        except (EngineRefused, EngineFailed) as error:
            if "response_format" not in getattr(error, "reason", str(error)):
                raise
            # Some servers answer in plain JSON alone: no word times are better than no answer.
            fields = {"response_format": "json", **given}
            answer = engine.post_recording("transcribe", path, recording, fields)
        with engine.reading(answer):
            return read_parakeet_transcription(answer, recording.seconds)

    def can_translate(self, engine: RoleEngine) -> bool:
        """Whether the engine may translate: it has not lately shown that it cannot."""
        return time.monotonic() >= self._only_transcribes.get(engine.key, 0.0)

    def translate(
        self, engine: RoleEngine, recording: Recording, options: Mapping[str, str]
    ) -> Transcription:
        """Translate into English; the answer must say so, for some servers only transcribe."""
        named = {"model": engine.model} if engine.model else {}
        fields = {"response_format": "verbose_json", **named, **without_keywords(options)}
        try:
            with translation_refusals():
                answer = engine.post_recording("transcribe", _TRANSLATE, recording, fields)
            if not isinstance(answer, Mapping) or answer.get("task") != "translate":
                raise EngineCannotTranslate
        except EngineCannotTranslate:
            self._only_transcribes[engine.key] = time.monotonic() + _REMEMBERED_S
            raise
        with engine.reading(answer):
            return read_parakeet_transcription(answer, recording.seconds)

    def diarize(
        self, engine: RoleEngine, recording: Recording, *, embeddings: bool
    ) -> Diarization:
        """Find the turns of a recording, and with `embeddings` one of each speaker."""
        path = "/v1/audio/diarize-chunk" if embeddings else "/v1/audio/diarize"
        answer = engine.post_recording("diarize", path, recording, {})
        with engine.reading(answer):
            return read_parakeet_turns(answer)
