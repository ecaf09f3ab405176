"""Parakeet's dialect: its answers, read into words, turns and embeddings."""

import time
from collections.abc import Mapping

import numpy as np

from audio.engines.dialects.dialect import Capabilities, Dialect
from audio.engines.dialects.keywords import without_keywords
from audio.engines.dialects.openai import translation_refusals
from audio.engines.dialects.parakeet_words import (
    MAX_TIME,
    finite_number,
    parse_words,
    spelled_number,
)
from audio.engines.failures import EngineCannotTranslate, EngineFailed, EngineRefused
from audio.engines.role_engine import RoleEngine
from audio.media.recording import Recording
from audio.merge.values import Diarization, Embedding, Transcription, Turn
from audio.merge.words.word_spacing import join_words

_TRANSLATE = "/v1/audio/translations"
# How long an engine without translation is not asked again, as its replacement may have it.
_REMEMBERED_S = 600.0


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
        with engine.reading():
            return _transcription(answer, recording.seconds)

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
        with engine.reading():
            return _transcription(answer, recording.seconds)

    def diarize(
        self, engine: RoleEngine, recording: Recording, *, embeddings: bool
    ) -> Diarization:
        """Find the turns of a recording, and with `embeddings` one of each speaker."""
        path = "/v1/audio/diarize-chunk" if embeddings else "/v1/audio/diarize"
        answer = engine.post_recording("diarize", path, recording, {})
        with engine.reading():
            return _diarization(answer)


def _transcription(answer: object, length_s: float | None) -> Transcription:
    if isinstance(answer, str):
        return Transcription(answer.strip(), ())
    body = _object(answer)
    text = body.get("text")
    if text is not None and not isinstance(text, str):
        raise ValueError("text is not a string")
    duration = _duration(body)
    if text is None and "words" not in body and "segments" not in body:
        raise ValueError("it has neither text nor words")
    words = parse_words(body, text or "", duration, length_s=length_s)
    spoken = text.strip() if text else join_words(words)
    last_s = max((word.end for word in words), default=0.0)
    return Transcription(
        spoken,
        words,
        # A duration that the words contradict is that of the speech alone.
        duration if duration is None or last_s <= duration else length_s or last_s,
        _optional_text(body, "language"),
        _optional_text(body, "model"),
    )


def _diarization(answer: object) -> Diarization:
    body = _object(answer)
    segments = body.get("segments")
    if not isinstance(segments, list):
        raise ValueError("segments is not a list")
    read = [_turn(segment) for segment in segments]
    turns = tuple(turn for turn in read if turn is not None)
    if segments and not any(map(_is_shaped, segments)):
        raise ValueError("a segment is not start_s, end_s, speaker")
    detected = body.get("speakers_detected")
    labels = map(_label, detected if isinstance(detected, list) else [])
    return Diarization(
        turns=turns,
        speakers=tuple(label for label in labels if label is not None),
        embeddings=_embeddings(body.get("fingerprints")),
        duration=_duration(body),
        models=_models(body),
        unusable_turns=len(read) - len(turns),
    )


def _turn(segment: object) -> Turn | None:
    """Read a turn; None where a part of it is missing, or it ends before it starts."""
    body = _object(segment)
    start, end = _seconds(body, "start_s", "start"), _seconds(body, "end_s", "end")
    speaker = _label(body.get("speaker"))
    if start is None or end is None or end < start or speaker is None:
        return None
    return Turn(max(0.0, start), max(0.0, end), speaker, _confidence(body))


def _is_shaped(segment: object) -> bool:
    """Whether a segment has all parts of a turn, be it an empty one."""
    body = _object(segment)
    times = _seconds(body, "start_s", "start"), _seconds(body, "end_s", "end")
    return None not in times and _label(body.get("speaker")) is not None


def _label(given: object) -> str | None:
    """Return a speaker's label as text: some engines number the speakers."""
    if isinstance(given, int | float) and not isinstance(given, bool):
        return f"{given:g}"
    return given if isinstance(given, str) else None


def _confidence(body: Mapping[str, object]) -> float | None:
    given = body.get("confidence")
    try:
        return None if given is None else float(finite_number(spelled_number(given), "confidence"))
    except ValueError:
        return None


def _embeddings(given: object) -> dict[str, Embedding]:
    if given is None:
        return {}
    vectors = {label: vector for label, vector in _object(given).items() if vector is not None}
    return {label: _vector(vector) for label, vector in vectors.items()}


def _vector(numbers: object) -> Embedding:
    listed = numbers if isinstance(numbers, list) else []
    try:
        # One check of the whole list; only where it fails is each number looked at.
        if not set(map(type, listed)) <= {float} or not np.all(np.abs(listed) < MAX_TIME):
            listed = [finite_number(number, "a number") for number in listed]
    except ValueError as error:
        raise ValueError("a fingerprint is not a list of finite numbers") from error
    if not listed:
        raise ValueError("a fingerprint is not a list of numbers")
    return np.array(listed, dtype=np.float64)


def _models(body: Mapping[str, object]) -> dict[str, str]:
    named = body.get("models")
    if isinstance(named, Mapping):
        return {str(role): name for role, name in named.items() if isinstance(name, str)}
    model = body.get("model")
    return {"diarization": model} if isinstance(model, str) else {}


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise ValueError("it is not a JSON object")
    return value


def _duration(body: Mapping[str, object]) -> float | None:
    # One known server writes it as a string.
    given = spelled_number(body.get("duration"))
    duration = None if isinstance(given, str) else _seconds({"duration": given}, "duration")
    if duration is not None and duration < 0:
        raise ValueError("duration is negative")
    return duration


def _seconds(body: Mapping[str, object], *keys: str) -> float | None:
    value = next((body[key] for key in keys if body.get(key) not in (None, "")), None)
    if value is None:
        return None
    return float(finite_number(spelled_number(value), keys[0]))


def _optional_text(body: Mapping[str, object], key: str) -> str | None:
    value = body.get(key)
    return value if isinstance(value, str) and value else None
