"""The turns of overlapping chunks: cut to each chunk's own time, joined, and compared.

Conventions
-----------
Times are seconds from the start of the recording, except inside a chunk's ``diarization``, where
they count from the chunk's start. The border of two overlapping chunks is the middle of their
overlap, so that every moment is exactly one chunk's own time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from audio.merge.intervals import Indices, Times, edges, union
from audio.merge.values import Diarization, Turn

NO_SPEAKER = -1
_SEVERAL = -2


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a recording and its diarization, whose times count from the start of the part."""

    start: float
    end: float
    diarization: Diarization


@dataclass(frozen=True, slots=True)
class Spans:
    """When labels talk: ``labels[i]`` from start to end; the spans of one label do not overlap."""

    starts: Times
    ends: Times
    labels: Indices

    def within(self, begin: float, stop: float) -> "Spans":
        """Clip the spans to the time between `begin` and `stop`; spans outside have no length."""
        return Spans(
            np.clip(self.starts, begin, stop), np.clip(self.ends, begin, stop), self.labels
        )


def cut_turns(chunks: Sequence[Chunk]) -> list[list[Turn]]:
    """Cut each chunk's turns to its own time.

    Parameters
    ----------
    chunks
        By start and by end; they may overlap and leave gaps.

    Returns
    -------
    list of list of Turn
        For each chunk, in its order, with its labels; turns without length there are left out.

    Raises
    ------
    ValueError
        When a time is not finite, or the chunks are not in order.

    Examples
    --------
    >>> diarization = Diarization((Turn(0.0, 9.0, "A"),), ("A",))
    >>> first, second = cut_turns([Chunk(0.0, 10.0, diarization), Chunk(8.0, 18.0, diarization)])
    >>> first
    [Turn(start=0.0, end=9.0, speaker='A', confidence=None)]
    >>> second
    [Turn(start=9.0, end=17.0, speaker='A', confidence=None)]

    """
    starts, ends = edges(chunks)
    if (np.diff(starts) < 0).any() or (np.diff(ends) < 0).any():
        raise ValueError("chunks must be in order of start and of end, got some out of order")
    overlapping = starts[1:] < ends[:-1]
    middle = (starts[1:] + ends[:-1]) / 2
    begins = [-np.inf, *np.where(overlapping, middle, -np.inf).tolist()]
    stops = [*np.where(overlapping, middle, np.inf).tolist(), np.inf]
    return [_cut(*own) for own in zip(chunks, begins, stops, strict=False)]


def join_turns(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Join turns that continue across the border of two chunks.

    Parameters
    ----------
    turns
        From all chunks' own times, with the recording's speakers for labels.

    Returns
    -------
    tuple of Turn
        By start. Where a speaker's turn ends exactly when the same speaker's next turn begins, the
        two become one, with the confidence of the longer.

    Examples
    --------
    >>> join_turns([Turn(1.0, 5.0, "A", 0.75), Turn(5.0, 6.0, "A", 0.5)])
    (Turn(start=1.0, end=6.0, speaker='A', confidence=0.75),)

    """
    whole: list[Turn] = []
    last: dict[str, int] = {}
    for turn in sorted(turns, key=lambda turn: turn.start):
        before = last.get(turn.speaker)
        if before is not None and whole[before].end == turn.start:
            whole[before] = _joined(whole[before], turn)
        else:
            last[turn.speaker] = len(whole)
            whole.append(turn)
    return tuple(whole)


def label_spans(chunk: Chunk, numbers: dict[str, int]) -> Spans:
    """Return when the labels talk in the whole chunk, including its neighbours' time.

    Parameters
    ----------
    chunk
        Its times count from its start.
    numbers
        An integer for each label; labels without one are left out.

    Returns
    -------
    Spans
        Sorted by label and start; the turns of one label that overlap or touch are one span.

    """
    turns = [turn for turn in chunk.diarization.turns if turn.speaker in numbers]
    starts, ends = edges(turns)
    labels = np.array([numbers[turn.speaker] for turn in turns], dtype=np.intp)
    return Spans(*union(starts + chunk.start, ends + chunk.start, labels))


def common_seconds(one: Spans, other: Spans) -> NDArray[np.float64]:
    """Compute the overlap of each span of one chunk with each span of the other.

    Returns
    -------
    NDArray
        Seconds, shape ``(spans of one, spans of other)``; negative where there is a gap.

    """
    ends = np.minimum.outer(one.ends, other.ends)
    seconds: NDArray[np.float64] = ends - np.maximum.outer(one.starts, other.starts)
    return seconds


def find_lone_speakers(one: Spans, other: Spans) -> tuple[Times, Indices, Indices]:
    """Find who talks by each of two diarizations while neither has overlapping speech.

    Returns
    -------
    tuple
        The seconds of each interval in which nothing changes, and the label that talks in it by
        the one and by the other diarization, `NO_SPEAKER` in silence; each of shape
        ``(intervals,)``.

    Examples
    --------
    >>> one = Spans(np.array([0.0]), np.array([5.0]), np.array([7]))
    >>> find_lone_speakers(one, Spans(np.array([2.0]), np.array([5.0]), np.array([8])))
    (array([2., 3.]), array([7, 7]), array([-1,  8]))

    """
    knots = np.unique(np.concatenate((one.starts, one.ends, other.starts, other.ends)))
    here, there = _speakers_at(one, knots[:-1]), _speakers_at(other, knots[:-1])
    lone = (here != _SEVERAL) & (there != _SEVERAL)
    return np.diff(knots)[lone], here[lone], there[lone]


def _speakers_at(spans: Spans, times: Times) -> Indices:
    """Return the label that talks from each time on, shape ``(times,)``."""
    if not len(spans.labels):
        return np.full(len(times), NO_SPEAKER, dtype=np.intp)
    active = (spans.starts <= times[:, np.newaxis]) & (times[:, np.newaxis] < spans.ends)
    count = active.sum(axis=1)
    label = spans.labels[active.argmax(axis=1)]
    return np.where(count == 0, NO_SPEAKER, np.where(count == 1, label, _SEVERAL))


def _cut(chunk: Chunk, begin: float, stop: float) -> list[Turn]:
    starts, ends = edges(chunk.diarization.turns)
    cut = zip(
        chunk.diarization.turns,
        np.clip(starts + chunk.start, begin, stop).tolist(),
        np.clip(ends + chunk.start, begin, stop).tolist(),
        strict=True,
    )
    return [replace(turn, start=start, end=end) for turn, start, end in cut if end > start]


def _joined(one: Turn, other: Turn) -> Turn:
    longer = max(one, other, key=lambda turn: turn.end - turn.start)
    return replace(longer, start=one.start, end=max(one.end, other.end))
