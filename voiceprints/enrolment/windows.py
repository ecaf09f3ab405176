"""Which parts of a recording are fit to learn a voice from?

Times are seconds from the start of the recording.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np

from audio.merge.intervals import edges
from audio.merge.naming.joint_table import course
from audio.merge.values import Span, Turn

WINDOW_S = 3.0
# Fingerprints of less than this tell voices apart badly.
SHORTEST_S = 1.5
# How far a diarizer's edges are off (`audio.pipeline.transcription.LABELLING`).
EDGE_S = 0.25

T = TypeVar("T")


def clean_windows(turns: Sequence[Turn]) -> tuple[Span, ...]:
    """Windows of about 3 s in which one speaker talks alone, whoever it is.

    They keep away from the edges of turns, unless too little would be left.
    """
    alone = (_away_from_edges(stretch) for stretch in _spoken_alone(turns))
    return tuple(window for stretch in alone for window in even_windows(stretch))


def even_windows(stretch: Span) -> Iterator[Span]:
    """Part a stretch evenly, so that nothing is left over; too short a one is no window."""
    length = stretch.end - stretch.start
    if length < SHORTEST_S:
        return
    bounds = np.linspace(stretch.start, stretch.end, max(1, round(length / WINDOW_S)) + 1)
    for start, end in pairwise(bounds.tolist()):
        yield Span(start, end)


def clip_turns(turns: Sequence[Turn], span: Span) -> tuple[Turn, ...]:
    """What of these turns lies inside a span."""
    cut = (
        Turn(max(turn.start, span.start), min(turn.end, span.end), turn.speaker) for turn in turns
    )
    return tuple(turn for turn in cut if turn.start < turn.end)


def spread_evenly(items: Sequence[T], most: int) -> list[T]:
    """So many of them, evenly from first to last."""
    if len(items) <= most:
        return list(items)
    return [items[place] for place in np.linspace(0, len(items) - 1, most).round().astype(int)]


def _spoken_alone(turns: Sequence[Turn]) -> Iterator[Span]:
    labels = list(dict.fromkeys(turn.speaker for turn in turns))
    groups = np.array([labels.index(turn.speaker) for turn in turns], dtype=np.intp)
    talk = course(*edges(turns), groups, len(labels))
    for (start, end), owner in zip(pairwise(talk.knots.tolist()), talk.owners, strict=False):
        if owner >= 0:
            yield Span(start, end)


def _away_from_edges(stretch: Span) -> Span:
    start, end = stretch.start + EDGE_S, stretch.end - EDGE_S
    return Span(start, end) if end - start >= SHORTEST_S else stretch
