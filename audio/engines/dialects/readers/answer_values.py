"""The values in the answers of foreign engines: numbers, texts, labels, vectors, RTTM.

Readers raise ValueError with a sentence about the answer; the caller names the engine.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from audio.engines.dialects.parakeet_words import finite_number
from audio.merge.values import Embedding

Item = Mapping[str, object]

# What engines write for speech without a speaker.
_NO_SPEAKER = {"", "unknown", "unknown_speaker", "speaker_unknown", "none", "null", "<na>"}
# A sound in brackets, alone in its segment: [BLANK_AUDIO], [MUSIC], (silence), ♪.
_SOUND = re.compile(r"(?:[\[(*]\s*+[^\W\d]\w*+(?:[ -]\w++){0,3}+\s*+[\])*][.\s]*+|[♪♫\s]++)++")
# 10 ms, which is the unit of Whisper's times; as seconds they would be a third of a year.
_FEWEST_NS = 10_000_000
_RTTM_LINE = re.compile(r"^[ \t]*SPEAKER[ \t]+(.*)$", re.MULTILINE)


def as_object(answer: object) -> Item:
    """Return the JSON object that an answer must be.

    Raises
    ------
    ValueError
        For anything else, and for an error that came with status 200.
    """
    if isinstance(answer, str):
        raise ValueError("it is not JSON" if answer.strip() else "it is empty")
    if not isinstance(answer, Mapping):
        raise ValueError("it is not a JSON object")
    if answer.get("error"):
        raise ValueError("it is an error with status 200")
    listed = answer.get("text")
    # Services of WhisperX for Speakr write the segments here.
    return {"segments": listed, **answer, "text": None} if isinstance(listed, list) else answer


def objects(body: Item, key: str) -> list[Item] | None:
    """Return the list of objects under a key; None where it is absent."""
    given = body.get(key)
    if given is None:
        return None
    if not isinstance(given, list) or not all(isinstance(item, Mapping) for item in given):
        raise ValueError(f"{key} is not a list of objects")
    return given


def number(item: Item, key: str) -> float | None:
    """Return a finite number, which may be spelled as text; None where it is absent."""
    given = item.get(key)
    if given is None:
        return None
    try:
        read = float(given) if isinstance(given, str) else given
        return float(finite_number(read, key))
    except ValueError:
        raise ValueError(f"{key} is not a finite number") from None


def times(item: Item) -> tuple[float | None, float | None]:
    """Return the start and the end, in seconds, each None where it is absent.

    A time before the recording is its start.
    """
    start, end = _seconds(item, "start"), _seconds(item, "end")
    if start is not None and end is not None and end < start:
        raise ValueError("an end is before its start")
    return (
        None if start is None else max(0.0, start),
        None if end is None else max(0.0, end),
    )


def times_of_word(item: Item) -> tuple[float | None, float | None]:
    """Return the start and the end of a word, in seconds, each None where it is absent.

    whisper.cpp writes -0.01 for both where a token has no times.
    """
    start, end = number(item, "start"), number(item, "end")
    is_unknown = start is not None and end is not None and max(start, end) < 0
    return (None, None) if is_unknown else times(item)


def _seconds(item: Item, key: str) -> float | None:
    """Return a time; LocalAI wrote whole nanoseconds before its version 3."""
    read = number(item, key)
    is_nanoseconds = read is not None and isinstance(item[key], int) and read >= _FEWEST_NS
    return read / 1e9 if read is not None and is_nanoseconds else read


def text(item: Item, *keys: str) -> str | None:
    """Return the first text under these keys, as it is written; None where all are absent."""
    given = next((item[key] for key in keys if item.get(key) is not None), None)
    if given is not None and not isinstance(given, str):
        raise ValueError(f"{keys[0]} is not a text")
    return given


def label(given: object) -> str | None:
    """Return a speaker's label as text; None for speech without a speaker."""
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        return None
    written = str(given).strip()
    return None if written.casefold() in _NO_SPEAKER else written


def is_sound(written: str) -> bool:
    """Whether a text is only a sound in brackets, which means silence."""
    return _SOUND.fullmatch(written.strip()) is not None


def vector(given: object) -> Embedding:
    """Return an embedding."""
    if not isinstance(given, list) or not given:
        raise ValueError("an embedding is not a list of numbers")
    numbers = [finite_number(one, "a number of an embedding") for one in given]
    read = np.array(numbers, dtype=np.float64)
    if not read.any():
        raise ValueError("an embedding has only zeros")
    return read


def rttm_items(written: str) -> list[Item]:
    """Return the SPEAKER lines of an RTTM text as objects with start, end and speaker."""
    if not written.strip():
        raise ValueError("it is empty")
    if written.lstrip().startswith("<"):
        raise ValueError("it is not JSON")
    lines = [found[1].split() for found in _RTTM_LINE.finditer(written)]
    if not lines:
        raise ValueError("it is neither JSON nor RTTM")
    return [_rttm_item(fields) for fields in lines]


def _rttm_item(fields: Sequence[str]) -> Item:
    if len(fields) < 7:
        raise ValueError("an RTTM line has too few fields")
    start, length = (number({key: fields[at]}, key) for at, key in ((2, "start"), (3, "duration")))
    if start is None or length is None or length < 0:
        raise ValueError("an RTTM line has no duration")
    return {"start": start, "end": start + length, "speaker": fields[6]}
