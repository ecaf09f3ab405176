"""The segments and words of foreign engines' transcriptions, with their times and speakers.

Words without times share the hole between their timed neighbours, and the words of a segment
without any share the segment: each by its number of characters and one for the space.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, pairwise

from audio.engines.dialects.confidences import segment_confidence, word_confidence
from audio.engines.dialects.readers.answer_values import (
    Item,
    is_sound,
    label,
    number,
    objects,
    text,
    times,
    times_of_word,
)
from audio.merge.values import Span, Word
from audio.merge.words.word_spacing import split_words

_NO_SPEECH = 0.9


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, or a part of one, as an engine lists it; without a speaker, `speaker` is None."""

    text: str
    start: float | None = None
    end: float | None = None
    speaker: str | None = None
    confidence: float | None = None

    @property
    def is_timed(self) -> bool:
        """Whether the engine gave a time."""
        return self.start is not None or self.end is not None


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech, in seconds; `pieces` are its words, if any of them has a time."""

    start: float
    end: float
    text: str
    speaker: str | None = None
    pieces: tuple[Piece, ...] = ()
    is_silence: bool = False
    confidence: float | None = None


def read_segments(body: Item, length_s: float | None) -> list[Segment] | None:
    """Read the segments, sorted, with their words; None where the answer has no list of them.

    Segments of which none has a time are no more than the text beside them: whisper.cpp writes
    them where it was started without times. A segment without an end lasts until the next one,
    the last until the recording's end.

    Raises
    ------
    ValueError
    """
    items = objects(body, "segments")
    if items is None or (text(body, "text") and not any(map(_has_time, items))):
        return None
    read = sorted(map(_segment, items), key=lambda one: one[0].start)
    stops = [later.start for _, (later, _) in pairwise(read)] + [length_s or 0.0]
    return [
        replace(segment, end=max(segment.start, stop)) if is_open else segment
        for (segment, is_open), stop in zip(read, stops, strict=False)
    ]


def read_pieces(item: Item) -> tuple[Piece, ...]:
    """Read the words of an answer or of a segment; none where no word has a time.

    Raises
    ------
    ValueError
    """
    listed = [
        Piece(written, *times_of_word(word), label(word.get("speaker")), word_confidence(word))
        for word in objects(item, "words") or ()
        if (written := text(word, "word", "text")) and written.strip()
    ]
    return tuple(listed) if any(piece.is_timed for piece in listed) else ()


def _has_time(item: Item) -> bool:
    return times(item) != (None, None) or bool(read_pieces(item))


def _segment(item: Item) -> tuple[Segment, bool]:
    """Return a segment, and whether it has no end yet."""
    pieces = read_pieces(item)
    start, end = times(item)
    if start is None:
        start = min((time for one in pieces if (time := one.start) is not None), default=None)
    if start is None:
        raise ValueError("a segment has no start")
    written = (text(item, "text") or "").strip() or " ".join(one.text.strip() for one in pieces)
    is_silence = not written or is_sound(written) or (not pieces and _has_no_speech(item))
    speaker, confidence = label(item.get("speaker")), segment_confidence(item)
    read = Segment(start, end or start, written, speaker, pieces, is_silence, confidence)
    return read, end is None


def _has_no_speech(item: Item) -> bool:
    with suppress(ValueError):
        return (number(item, "no_speech_prob") or 0.0) >= _NO_SPEECH
    return False


def words_of(segment: Segment) -> Iterator[Word]:
    """Yield the words of a segment, in the engine's order, each with its times."""
    if not segment.pieces:
        yield from spread(segment)
        return
    placed = _placed(segment.pieces, segment.start, segment.end)
    for piece, (start, end) in zip(segment.pieces, placed, strict=True):
        is_estimated = piece.start is None or piece.end is None
        yield Word(
            start,
            end,
            piece.text.strip(),
            is_estimated=is_estimated,
            confidence=segment.confidence if piece.confidence is None else piece.confidence,
        )


def spread(segment: Segment) -> Iterator[Word]:
    """Yield the words of a segment's text, which share its time."""
    texts = [word.group() for word in split_words(segment.text)]
    around = Span(segment.start, segment.end)
    for written, (start, end) in zip(texts, _shares(texts, around.start, around.end), strict=True):
        yield Word(
            start,
            end,
            written,
            is_estimated=True,
            segment=around,
            confidence=segment.confidence,
        )


def split(segment: Segment, parts: Sequence[tuple[str | None, str]]) -> Iterator[Segment]:
    """Yield a segment's parts, each a speaker and a text, which share its time."""
    shares = _shares([written for _, written in parts], segment.start, segment.end)
    for (speaker, written), (start, end) in zip(parts, shares, strict=True):
        yield Segment(start, end, written, speaker, confidence=segment.confidence)


def _placed(pieces: Sequence[Piece], begin: float, stop: float) -> Iterator[tuple[float, float]]:
    """Yield the times of pieces between `begin` and `stop`."""
    reached, at = begin, 0
    following = _following(pieces, stop)
    for is_timed, group in groupby(pieces, lambda piece: piece.is_timed):
        run = list(group)
        at += len(run)
        if not is_timed:
            end = max(reached, following[at])
            yield from _shares([piece.text.strip() for piece in run], reached, end)
            reached = end
            continue
        for number_, piece in enumerate(run, at - len(run) + 1):
            start = min(reached, piece.end or 0.0) if piece.start is None else piece.start
            reached = max(start, following[number_]) if piece.end is None else piece.end
            yield start, reached


def _following(pieces: Sequence[Piece], stop: float) -> list[float]:
    """Return for each place between pieces the first time that is given after it."""
    known = [stop]
    for piece in reversed(pieces):
        given = piece.end if piece.start is None else piece.start
        known.append(known[-1] if given is None else given)
    return known[::-1]


def _shares(texts: Iterable[str], begin: float, stop: float) -> Iterator[tuple[float, float]]:
    """Yield each text's share of the time, without gaps: its characters, and one more."""
    reached = list(accumulate((len(one) + 1 for one in texts), initial=0))
    length = stop - begin
    yield from pairwise(begin + length * at / max(1, reached[-1]) for at in reached)
