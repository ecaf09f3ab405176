"""The words of a transcription, in any of the shapes that Parakeet servers send.

Servers differ in the name of the list, in the keys of a word, in the unit of its times, and in
whether a "word" is a whole word. Source: the shapes that public Parakeet servers and the Whisper
family were seen to send.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from audio.engines.dialects.confidences import segment_confidence, word_confidence
from audio.engines.dialects.word_times import TimedText, place_words
from audio.merge.values import Word
from audio.merge.words.word_spacing import whole_words

Item = Mapping[str, object]

# A month in nanoseconds, the smallest unit seen.
MAX_TIME = 3e15
_TEXT = ("word", "text", "w", "token", "segment")
_START = ("start", "start_time", "startTime", "begin", "t0", "offset")
_END = ("end", "end_time", "endTime", "t1")


class _Listed(NamedTuple):
    """A word as an engine lists it, with the segment that lists it; or a segment without words."""

    item: Item
    segment: Item | None = None
    is_segment: bool = False


def parse_words(
    answer: Mapping[str, object],
    text: str,
    duration: float | None,
    *,
    length_s: float | None = None,
) -> tuple[Word, ...]:
    """Read the words of a transcription: sorted by start, in seconds, inside the recording.

    `duration` is the one that the engine reports, `length_s` the recording's own, which is
    believed where it is known. Words without times, and those of segments without words, get
    estimated times.

    Raises
    ------
    ValueError
        When a time is not a finite number.
    """
    known_s = length_s or duration
    listed = [one for one in _container(answer) if _text(one.item)]
    words = [word for one in listed if (word := _word(one)) is not None]
    if len(words) < len(listed):
        words = place_words(_in_seconds([_timed(one) for one in listed], known_s), known_s)
    words = whole_words(words, text or _text_of_pieces([one.item for one in listed]))
    words.sort(key=lambda word: word.start)
    return tuple(within_recording(word, length_s, duration) for word in words)


def _container(answer: Mapping[str, object]) -> list[_Listed]:
    timestamps = answer.get("timestamps")
    nested = timestamps if isinstance(timestamps, Mapping) else {}
    lists: Iterable[object] = (
        answer.get("words"),
        answer.get("word_timestamps"),
        nested.get("word"),
        nested.get("words"),
        timestamps,
    )
    for candidate in lists:
        if items := _items(candidate):
            return [_Listed(item) for item in items]
    segments = (answer.get("segments"), nested.get("segment"), nested.get("segments"))
    listed = (list(chain.from_iterable(map(_of_segment, _mappings(one)))) for one in segments)
    return next(filter(None, listed), [])


def _of_segment(segment: Item) -> list[_Listed]:
    """Return the words of a segment; the segment itself where it has none."""
    words = [_Listed(word, segment) for word in _items(segment.get("words"))]
    return words or [_Listed(segment, is_segment=True)]


def _mappings(value: object) -> list[Item]:
    # JSON has no mappings but dicts; a check for Mapping takes ten times as long.
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _items(value: object) -> list[Item]:
    """Return the words of a list; one that is only a text or a number has no times."""
    words = _mappings(value)
    if not isinstance(value, list) or not words or len(words) == len(value):
        return words
    return [
        item if isinstance(item, dict) else {"word": item}
        for item in value
        if isinstance(item, dict | str | int | float)
    ]


def _text_of_pieces(items: Sequence[Item]) -> str:
    """Return the pieces' text where they have its spaces, as Whisper's do; else an empty text."""
    pieces = [_spelling(item) for item in items]
    return "".join(pieces) if any(piece[0].isspace() for piece in pieces[1:]) else ""


def _text(item: Item) -> str:
    return _spelling(item).strip()


def _spelling(item: Item) -> str:
    for key in _TEXT:
        given = item.get(key)
        if isinstance(given, str):
            return given
        if isinstance(given, int | float) and not isinstance(given, bool):
            return str(given)
    return ""


def _word(listed: _Listed) -> Word | None:
    """Read a word as nearly all are; the general case takes five times as long."""
    item, _, is_segment = listed
    first, last, text = item.get("start"), item.get("end"), item.get("word", item.get("text"))
    if (
        type(first) is float
        and type(last) is float
        and type(text) is str
        and -MAX_TIME < first < MAX_TIME
        and -MAX_TIME < last < MAX_TIME
        and not is_segment
    ):
        return Word(first, last, text.strip(), confidence=_confidence(listed))
    return None


def _timed(listed: _Listed) -> TimedText:
    item, segment, is_segment = listed
    start, end = _number(item, _START), _number(item, _END)
    if end is None and start is not None:
        length = _number(item, ("duration",))
        end = None if length is None else start + length
    around = (_number(segment, _START), _number(segment, _END)) if segment else (None, None)
    return TimedText(
        _text(item),
        start,
        end,
        has_words=is_segment,
        segment=around,
        confidence=_confidence(listed),
    )


def _confidence(listed: _Listed) -> float | None:
    """Return the confidence of a word, or that of the segment which is listed without one."""
    item, segment, is_segment = listed
    own = None if is_segment else word_confidence(item)
    around = item if is_segment else segment
    return segment_confidence(around) if own is None and around else own


def _number(item: Item, keys: Sequence[str]) -> float | None:
    """Return the first number under these keys; None without one, and for null."""
    given = next((item[key] for key in keys if item.get(key) not in (None, "")), None)
    return None if given is None else finite_number(spelled_number(given), keys[0])


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


def spelled_number(value: object) -> object:
    """Return the number that a text spells, an integer for whole ones; any other value as it is.

    Some servers write times as strings.
    """
    if isinstance(value, str):
        for kind in (int, float):
            with suppress(ValueError):
                return kind(value)
    return value


def _in_seconds(texts: list[TimedText], length_s: float | None) -> list[TimedText]:
    """Convert whole numbers far beyond the recording's end: milliseconds, or Go's nanoseconds."""
    times = [time for text in texts for time in (text.start, text.end) if time is not None]
    last = max(times, default=0)
    if not length_s or last <= 500 * length_s or not all(isinstance(t, int) for t in times):
        return texts
    unit = 1e9 if last > 1e6 * length_s else 1e3

    def converted(time: float | None) -> float | None:
        return None if time is None else time / unit

    return [
        replace(
            text,
            start=converted(text.start),
            end=converted(text.end),
            segment=(converted(text.segment[0]), converted(text.segment[1])),
        )
        for text in texts
    ]


def within_recording(word: Word, length_s: float | None, duration: float | None) -> Word:
    """Limit a word to the recording, and to the engine's duration where it begins later.

    A header may declare a recording too short.
    """
    longest = max(length_s or 0.0, duration or 0.0) or math.inf
    latest = length_s if length_s is not None and word.start < length_s else longest
    if 0.0 <= word.start <= word.end <= latest:
        return word
    start = min(max(0.0, word.start), latest)
    return replace(word, start=start, end=min(max(start, word.end), latest))
