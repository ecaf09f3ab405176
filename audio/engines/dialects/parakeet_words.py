"""The words of a transcription, in any of the shapes that Parakeet servers send.

Servers differ in the name of the list, in the keys of a word, in the unit of its times, and in
whether a "word" is a whole word. Source: the shapes that public Parakeet servers and the Whisper
family were seen to send.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, zip_longest

from audio.merge.values import Word
from audio.merge.word_spacing import whole_words

# A month in nanoseconds, the smallest unit seen.
MAX_TIME = 3e15
_TEXT = ("word", "text", "w", "token")
_START = ("start", "start_time", "startTime", "begin", "t0", "offset")
_END = ("end", "end_time", "endTime", "t1")


def parse_words(
    answer: Mapping[str, object], text: str, duration: float | None
) -> tuple[Word, ...]:
    """Read the words of a transcription: sorted by start, in seconds, inside the recording.

    Raises
    ------
    ValueError
        When a word has no finite times.
    """
    items = [item for item in _container(answer) if _text(item)]
    words = [_word(item, after) for item, after in zip_longest(items, items[1:])]
    if words and duration:
        words = _in_seconds(words, duration)
    words = whole_words(words, text or _text_of_pieces(items))
    words.sort(key=lambda word: word.start)
    return tuple(_clamped(word, duration) for word in words)


def _container(answer: Mapping[str, object]) -> list[Mapping[str, object]]:
    timestamps = answer.get("timestamps")
    nested = timestamps if isinstance(timestamps, Mapping) else {}
    found: Iterable[object] = (
        answer.get("words"),
        answer.get("word_timestamps"),
        nested.get("word"),
        nested.get("words"),
        timestamps,
        _words_of_segments(answer.get("segments")),
    )
    for candidate in found:
        if items := _mappings(candidate):
            return items
    return []


def _words_of_segments(segments: object) -> list[Mapping[str, object]]:
    return list(chain.from_iterable(_mappings(s.get("words")) for s in _mappings(segments)))


def _mappings(value: object) -> list[Mapping[str, object]]:
    # JSON has no mappings but dicts; a check for Mapping takes ten times as long.
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text_of_pieces(items: Sequence[Mapping[str, object]]) -> str:
    """Return the pieces' text where they have its spaces, as Whisper's do; else an empty text."""
    pieces = [_spelling(item) for item in items]
    return "".join(pieces) if any(piece[0].isspace() for piece in pieces[1:]) else ""


def _text(item: Mapping[str, object]) -> str:
    return _spelling(item).strip()


def _spelling(item: Mapping[str, object]) -> str:
    for key in _TEXT:
        given = item.get(key)
        if isinstance(given, str):
            return given
    return ""


def _word(item: Mapping[str, object], after: Mapping[str, object] | None) -> Word:
    """Read a word; one without an end lasts until the next begins."""
    first, last, text = item.get("start"), item.get("end"), item.get("word")
    # Nearly all words are like this; the general case takes five times as long.
    if (
        type(first) is float
        and type(last) is float
        and type(text) is str
        and -MAX_TIME < first < MAX_TIME
        and -MAX_TIME < last < MAX_TIME
    ):
        return Word(first, last, text.strip())
    start = _number(item, _START)
    end = _number(item, _END) if any(key in item for key in _END) else None
    if end is None:
        length = item.get("duration")
        following = start if after is None else max(start, _number(after, _START))
        end = following if length is None else start + finite_number(length, "duration")
    return Word(start, end, _text(item))


def _number(item: Mapping[str, object], keys: Sequence[str]) -> float:
    for key in keys:
        value = item.get(key)
        if value is not None:
            return finite_number(value, keys[0])
    return finite_number(None, keys[0])


def finite_number(value: object, what: str) -> float:
    """Read a number.

    Raises
    ------
    ValueError
        When it is not a number, not finite, or greater than any time in any unit.
    """
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not -MAX_TIME < value < MAX_TIME
    ):
        raise ValueError(f"{what} is not a finite number")
    return value


def _in_seconds(words: list[Word], duration: float) -> list[Word]:
    """Convert whole numbers far beyond the recording's end: milliseconds, or Go's nanoseconds."""
    whole = all(isinstance(word.end, int) for word in words)
    last = max(word.end for word in words)
    if not whole or last <= 500 * duration:
        return words
    unit = 1e9 if last > 1e6 * duration else 1e3
    return [replace(word, start=word.start / unit, end=word.end / unit) for word in words]


def _clamped(word: Word, duration: float | None) -> Word:
    latest = duration if duration else math.inf
    if 0.0 <= word.start <= word.end <= latest:
        return word
    start = min(max(0.0, word.start), latest)
    return replace(word, start=start, end=min(max(start, word.end), latest))
