"""The answers of dialect `parakeet`: words, turns and embeddings."""

from collections.abc import Mapping

import numpy as np

from audio.engines.dialects.parakeet_words import (
    MAX_TIME,
    finite_number,
    parse_words,
    spelled_number,
)
from audio.merge.values import Diarization, Embedding, Transcription, Turn
from audio.merge.words.word_spacing import join_words


def read_parakeet_transcription(answer: object, length_s: float | None) -> Transcription:
    """Read a transcription of a recording of this length, in seconds.

    Raises
    ------
    ValueError
    """
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


def read_parakeet_turns(answer: object) -> Diarization:
    """Read turns, and the embeddings beside them.

    Raises
    ------
    ValueError
    """
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
