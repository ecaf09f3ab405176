"""The best pieces of a recording over candidate offsets, found exactly by dynamic programming.

Conventions
-----------
Times and offsets are in seconds, an offset is positive where the timeline is late. Weights are in
nats, an observation is `OBSERVATION_S` long.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from audio.merge.intervals import Indices, Times
from audio.merge.naming.clock.course_samples import CourseSamples
from audio.merge.naming.clock.offset_search import CHANGE_NATS, OBSERVATION_S, log_prior
from audio.merge.naming.clock.pieces import Piece, Pieces
from audio.merge.naming.joint_table import Table

# Source: the specification of timelines, as is the number of pauses that no export has.
SHORTEST_PIECE_S = 30.0
MOST_PAUSES = 3


def best_pieces(
    samples: CourseSamples, weights: Table, offsets: Times, *, is_zero_known: bool
) -> Pieces:
    """Return the pieces with the most weight, less the cost of their changes.

    ``ahead[c, t]`` is the most weight up to sample t, where the offset is then the c-th.
    """
    gained = np.stack([weights[samples.speakers, samples.names_at(one)] for one in offsets])
    sums = np.cumsum(gained, axis=1) * (samples.step / OBSERVATION_S)
    shortest = round(SHORTEST_PIECE_S / samples.step)
    prior = log_prior(offsets) if is_zero_known else np.zeros(len(offsets))
    ahead = sums + prior[:, np.newaxis]
    ahead[:, : shortest - 1] = -np.inf
    history: list[tuple[Indices, Indices]] = []
    finals = [ahead[:, -1]]
    for _ in range(MOST_PAUSES):
        before, origin = _best_smaller(ahead)
        begun, at = _best_before(before - sums, shortest)
        ahead = sums + begun - CHANGE_NATS
        history.append((origin, at))
        finals.append(ahead[:, -1])
    changes, last = np.unravel_index(int(np.argmax(np.stack(finals))), (len(finals), len(offsets)))
    return _traced(samples, offsets, history[: int(changes)], int(last))


def _best_smaller(ahead: NDArray[np.float64]) -> tuple[NDArray[np.float64], Indices]:
    """Return the best of the smaller offsets at each time, and which one it is."""
    best = np.full_like(ahead, -np.inf)
    origin = np.zeros(ahead.shape, np.intp)
    for row in range(1, len(ahead)):
        better = ahead[row - 1] > best[row - 1]
        best[row] = np.where(better, ahead[row - 1], best[row - 1])
        origin[row] = np.where(better, row - 1, origin[row - 1])
    return best, origin


def _best_before(
    values: NDArray[np.float64], shortest: int
) -> tuple[NDArray[np.float64], Indices]:
    """Return the best value at least one shortest piece before each time, and its time."""
    best = np.maximum.accumulate(values, axis=1)
    fresh = np.ones(values.shape, np.bool_)
    fresh[:, 1:] = best[:, 1:] > best[:, :-1]
    at = np.maximum.accumulate(np.where(fresh, np.arange(values.shape[1]), 0), axis=1)
    begun = np.full_like(values, -np.inf)
    when = np.zeros(values.shape, np.intp)
    begun[:, shortest:], when[:, shortest:] = best[:, :-shortest], at[:, :-shortest]
    return begun, when


def _traced(
    samples: CourseSamples, offsets: Times, history: Sequence[tuple[Indices, Indices]], last: int
) -> Pieces:
    pieces: list[Piece] = []
    row, end = last, len(samples.times) - 1
    for origin, at in reversed(history):
        end = int(at[row, end])
        # The piece begins after the last sample of the one before.
        pieces.append(Piece(float(samples.times[end]) + samples.step / 2, float(offsets[row])))
        row = int(origin[row, end])
    pieces.append(Piece(-np.inf, float(offsets[row])))
    return tuple(reversed(pieces))
