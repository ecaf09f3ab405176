"""The seconds of a recording in which one speaker can be heard alone."""

import math

import numpy as np
from numpy.typing import NDArray

from nvidia_engine.runs import find_runs

# A speaker is alone where its activity is above the first and all others' are below the second.
SPEAKING, SILENT = 0.5, 0.3
# Edges of speech are unsure and often hold the other's last sound.
EDGE_S = 0.1
LONGEST_S, SHORTEST_S = 8.0, 0.5
# More speech of one speaker changes its embedding little, and costs as much as the first minute.
MOST_S = 60.0

Piece = tuple[float, float]


def clean_pieces(activity: NDArray[np.uint8], head: int, frame_s: float) -> list[Piece]:
    """Find pieces of at most 8 s in which only this head speaks.

    At most a minute, spread over the recording.

    Parameters
    ----------
    activity
        (frames, heads), in 255ths.
    """
    limit, silent = SPEAKING * 255, SILENT * 255

    def is_clean(start: int, end: int) -> NDArray[np.bool_]:
        part = activity[start:end]
        loud = (part >= silent).sum(axis=1)
        return np.asarray((part[:, head] > limit) & (loud == 1))

    pieces: list[Piece] = []
    for first, last in find_runs(len(activity), is_clean):
        pieces += _cut(first * frame_s + EDGE_S, last * frame_s - EDGE_S)
    return _spread(pieces)


def _cut(start: float, end: float) -> list[Piece]:
    """Cut a stretch evenly into pieces of at most LONGEST_S; one that is too short gives none."""
    length = end - start
    if length < SHORTEST_S:
        return []
    count = math.ceil(length / LONGEST_S)
    return [(start + length * i / count, start + length * (i + 1) / count) for i in range(count)]


def _spread(pieces: list[Piece]) -> list[Piece]:
    """Keep at most MOST_S of speech: every n-th piece."""
    total = sum(end - start for start, end in pieces)
    return pieces[:: math.ceil(total / MOST_S)] if total > MOST_S else pieces
