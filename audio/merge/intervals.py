"""Spans of time as arrays: their edges, their union, and how much of them overlaps.

Conventions
-----------
Times are seconds in arrays of shape ``(spans,)``. ``groups`` has one integer, 0 or more, per span.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]
Indices = NDArray[np.intp]

# Equal durations may differ by less than this in binary fractions.
NOISE_S = 1e-9


class Timed(Protocol):
    """A value with a start and an end: a word, a turn, a timeline entry, a span."""

    @property
    def start(self) -> float:
        """Seconds from the start of the recording."""

    @property
    def end(self) -> float:
        """Seconds from the start of the recording."""


def edges(items: Sequence[Timed]) -> tuple[Times, Times]:
    """Return the start and the end of each item.

    Parameters
    ----------
    items
        Values with ``start`` and ``end`` in seconds.

    Returns
    -------
    tuple
        Starts and ends, each of shape ``(items,)``; two empty arrays for no items.

    Raises
    ------
    ValueError
        When a time is infinite or not a number.

    """
    starts = np.array([item.start for item in items], dtype=np.float64)
    ends = np.array([item.end for item in items], dtype=np.float64)
    wrong = np.flatnonzero(~(np.isfinite(starts) & np.isfinite(ends)))
    if wrong.size:
        at = int(wrong[0])
        raise ValueError(f"times must be finite, got {items[at]!r} at {at} of {len(items)}")
    return starts, ends


def overlap(start: Times, end: Times, spans: tuple[Times, Times]) -> Times:
    """Measure how many seconds of each interval the union of some spans covers.

    Parameters
    ----------
    start, end
        The intervals, shape ``(intervals,)``.
    spans
        Starts and ends of the spans, each of shape ``(spans,)``, in any order; no spans cover
        nothing.

    Returns
    -------
    NDArray
        Seconds, shape ``(intervals,)``; 0 where a span only touches.

    Examples
    --------
    >>> overlap(np.array([0.0]), np.array([9.0]), (np.array([1.0, 2.0]), np.array([3.0, 4.0])))
    array([3.])

    """
    starts, ends, _ = union(*spans, np.zeros(len(spans[0]), dtype=np.intp))
    knots, covered = progress(starts, ends)
    inside: Times = np.interp(end, knots, covered) - np.interp(start, knots, covered)
    return inside


def union(starts: Times, ends: Times, groups: Indices) -> tuple[Times, Times, Indices]:
    """Compute the union of the spans of each group.

    Parameters
    ----------
    starts, ends, groups
        Shape ``(spans,)``, in any order. Spans of one group that touch become one.

    Returns
    -------
    tuple
        Starts, ends and groups of the merged spans, sorted by group and start; within a group they
        do not overlap. Three empty arrays for no spans.

    """
    order = np.lexsort((starts, groups))
    starts, groups = starts[order], groups[order]
    latest = latest_end_so_far(ends[order], groups)
    fresh = np.ones(len(starts), dtype=np.bool_)
    fresh[1:] = (groups[1:] != groups[:-1]) | (starts[1:] > latest[:-1])
    first = np.flatnonzero(fresh)
    last = np.append(first[1:], len(starts))[: len(first)] - 1
    return starts[first], latest[last], groups[first]


def latest_end_so_far(ends: NDArray[np.float64], groups: Indices) -> Times:
    """Return, for each span, the latest end of its group up to and including the span.

    Parameters
    ----------
    ends, groups
        Shape ``(spans,)``; ``groups`` does not decrease.

    Returns
    -------
    NDArray
        Shape ``(spans,)``: a running maximum that restarts with every group.

    Examples
    --------
    >>> latest_end_so_far(np.array([5.0, 2.0, 1.0, 3.0]), np.array([0, 0, 1, 1]))
    array([5., 5., 1., 3.])

    """
    order = np.argsort(ends, kind="stable")
    ranks = np.empty_like(order)
    ranks[order] = np.arange(len(ends))
    # Ranks of a later group are raised above those of all earlier groups; integers, unlike times,
    # lose no precision by that.
    highest = np.maximum.accumulate(groups * len(ends) + ranks) - groups * len(ends)
    latest: Times = ends[order[highest]]
    return latest


def progress(starts: Times, ends: Times) -> tuple[Times, Times]:
    """Compute how many seconds the spans have filled at each of their edges.

    Between two edges the sum grows linearly, so ``np.interp`` reads it at any time. Where spans
    overlap, each of them counts.

    Parameters
    ----------
    starts, ends
        Shape ``(spans,)``, in any order.

    Returns
    -------
    tuple
        Sorted edges and the seconds filled before each, both of shape ``(edges,)``; a single edge
        at 0 for no spans.

    Examples
    --------
    >>> progress(np.array([1.0, 5.0]), np.array([2.0, 9.0]))
    (array([1., 2., 5., 9.]), array([0., 1., 1., 5.]))

    """
    if not len(starts):
        return np.zeros(1), np.zeros(1)
    knots, at = np.unique(np.concatenate((starts, ends)), return_inverse=True)
    steps = np.repeat((1.0, -1.0), len(starts))
    active = np.cumsum(np.bincount(at, weights=steps))
    filled = np.concatenate(([0.0], np.cumsum(active[:-1] * np.diff(knots))))
    return knots, filled
