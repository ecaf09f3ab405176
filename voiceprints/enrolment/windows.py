"""The windows of a recording from which a voice is extracted.

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
# Embeddings of shorter windows distinguish voices badly.
SHORTEST_S = 1.5
# The error of a diarizer's edges (`audio.pipeline.transcription.LABELLING`).
EDGE_S = 0.25

T = TypeVar("T")


def clean_windows(turns: Sequence[Turn]) -> tuple[Span, ...]:
    """Return windows of about 3 s in which only one speaker talks, of any speaker.

    Windows leave out the edges of turns, unless the rest would be too short.
    """
    spans = (_without_edges(span) for span in _single_speaker_spans(turns))
    return tuple(window for span in spans for window in even_windows(span))


def even_windows(span: Span) -> Iterator[Span]:
    """Divide a span evenly into windows; a span shorter than `SHORTEST_S` gives none."""
    length = span.end - span.start
    if length < SHORTEST_S:
        return
    bounds = np.linspace(span.start, span.end, max(1, round(length / WINDOW_S)) + 1)
    for start, end in pairwise(bounds.tolist()):
        yield Span(start, end)


def clip_turns(turns: Sequence[Turn], span: Span) -> tuple[Turn, ...]:
    """Return the parts of the turns that are inside a span."""
    cut = (
        Turn(max(turn.start, span.start), min(turn.end, span.end), turn.speaker) for turn in turns
    )
    return tuple(turn for turn in cut if turn.start < turn.end)


def spread_evenly(items: Sequence[T], most: int) -> list[T]:
    """Return at most `most` items, evenly spaced from first to last."""
    if len(items) <= most:
        return list(items)
    return [items[index] for index in np.linspace(0, len(items) - 1, most).round().astype(int)]


def _single_speaker_spans(turns: Sequence[Turn]) -> Iterator[Span]:
    labels = list(dict.fromkeys(turn.speaker for turn in turns))
    groups = np.array([labels.index(turn.speaker) for turn in turns], dtype=np.intp)
    dominance = course(*edges(turns), groups, len(labels))
    for (start, end), owner in zip(
        pairwise(dominance.knots.tolist()), dominance.owners, strict=False
    ):
        if owner >= 0:
            yield Span(start, end)


def _without_edges(span: Span) -> Span:
    start, end = span.start + EDGE_S, span.end - EDGE_S
    return Span(start, end) if end - start >= SHORTEST_S else span
