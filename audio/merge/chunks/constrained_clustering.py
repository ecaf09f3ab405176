"""Constrained clustering: groups of items, where some pairs must not share a group.

It is agglomerative clustering by average linkage: the two nearest groups join first, and the
distance between two groups is the mean over their pairs of items, weighted by the items. scipy's
``linkage`` gives the same groups where all weights are equal, every distance is known and no pair
must stay apart (a test compares the two), but it supports none of these three. Large distances for
pairs that must stay apart do not keep them apart, because a mean over many pairs hides one; and
cutting scipy's tree above a forbidden union splits off everything that would have joined later. So
a forbidden union is skipped, and both groups may still join others (Davidson and Ravi,
Agglomerative hierarchical clustering with constraints, 2005).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.merge.intervals import NOISE_S, Indices, Times
from audio.merge.naming.voices.voice_similarity import NOISE

Matrix = NDArray[np.float64]
Pairs = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LinkingRule:
    """How similar the members of a group are, and how many groups there may be.

    ``cut`` is the largest mean cosine distance, from 0 to 2, at which two groups join; 0.7 is the
    default in the project's contract. At ``min_speakers`` groups no more join; above
    ``max_speakers`` groups join at any distance. Where the two are equal, that is the number of
    groups.
    """

    cut: float = 0.7
    min_speakers: int = 1
    max_speakers: int | None = None

    def __post_init__(self) -> None:
        """Reject numbers of speakers that contradict each other."""
        most = self.min_speakers if self.max_speakers is None else self.max_speakers
        if not 1 <= self.min_speakers <= most:
            raise ValueError(
                f"speakers must be 1 <= min <= max, got {self.min_speakers} and {most}"
            )


LINKING_RULE = LinkingRule()


def cluster(
    distances: Matrix,
    seconds: Times,
    apart: Pairs,
    *,
    unlike: Pairs | None = None,
    rule: LinkingRule = LINKING_RULE,
) -> Indices:
    """Cluster items into groups.

    Groups join from the nearest to the farthest while their distance is at most ``rule.cut``, then
    until there are ``rule.max_speakers``: in that step the pair joins whose distance times the
    seconds of its smaller group is least, so that a cough does not merge two speakers. Ties go to
    the first item.

    Parameters
    ----------
    distances
        Shape ``(items, items)``, symmetric; NaN where unknown. The distance of two groups is the
        mean over their known pairs; groups without a known pair do not join.
    seconds
        The weight of each item, shape ``(items,)``.
    apart
        Which pairs never share a group, shape ``(items, items)``, symmetric. It takes precedence
        over ``rule.max_speakers``.
    unlike
        Which pairs share a group only where there would be more than ``rule.max_speakers`` groups,
        of the shape of ``apart``; by default no pair.

    Returns
    -------
    NDArray
        The group of each item, shape ``(items,)``, numbered in order of first appearance.

    Examples
    --------
    >>> line = np.array([0.0, 0.1, 0.3, 0.9])
    >>> alone = np.zeros((4, 4), dtype=np.bool_)
    >>> cluster(abs(line - line[:, np.newaxis]), np.ones(4), alone)
    array([0, 0, 0, 1])

    """
    if unlike is None:
        unlike = np.zeros_like(apart)
    groups = _Groups(distances, np.maximum(seconds, NOISE_S), apart, unlike)
    _join_near(groups, rule)
    if rule.max_speakers is not None and groups.count > rule.max_speakers:
        groups.allow_unlike()
        _join_most(groups, rule.max_speakers)
    _, first, owner = np.unique(groups.owner, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.intp)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[owner]


class _Groups:
    """Groups of items; a group has the index of its first item, and the others' rows are unused.

    ``means`` are the distances between groups, infinite where they must not or cannot join. Sums
    over known pairs and their weights are added row by row: exact, and O(items) per union.
    """

    def __init__(self, distances: Matrix, seconds: Times, apart: Pairs, unlike: Pairs) -> None:
        known = ~np.isnan(distances)
        self._weights = np.outer(seconds, seconds) * known
        self._sums = self._weights * np.where(known, distances, 0.0)
        self._apart = apart | np.eye(len(seconds), dtype=np.bool_)
        self._unlike = unlike.copy()
        self.seconds = seconds.copy()
        self.owner = np.arange(len(seconds))
        self.count = len(seconds)
        self.means = self._means(slice(None))

    def join(self, one: int, other: int) -> None:
        """Merge two groups, at the index of the first of them."""
        first, second = min(one, other), max(one, other)
        for table in (self._weights, self._sums):
            table[first] += table[second]
            table[:, first] = table[first]
        for pairs in (self._apart, self._unlike):
            pairs[first] |= pairs[second]
            pairs[:, first] = pairs[first]
        self._apart[second] = self._apart[:, second] = True
        self.means[second] = self.means[:, second] = np.inf
        self.means[first] = self.means[:, first] = self._means(first)
        self.seconds[first] += self.seconds[second]
        self.owner[self.owner == second] = first
        self.count -= 1

    def allow_unlike(self) -> None:
        """Allow the unions that `unlike` excluded."""
        self._unlike[:] = False
        self.means = self._means(slice(None))

    def _means(self, rows: slice | int) -> Matrix:
        weights = self._weights[rows]
        means = np.full(weights.shape, np.inf)
        may_join = (weights > 0) & ~self._apart[rows] & ~self._unlike[rows]
        np.divide(self._sums[rows], weights, out=means, where=may_join)
        return means


def _join_near(groups: _Groups, rule: LinkingRule) -> None:
    """Join the nearest two groups while their distance is at most the cut.

    A mean of means is never less than the smaller of them, so a union brings no third group
    nearer: only rows whose nearest group was one of the two are searched again.
    """
    rows = np.arange(len(groups.owner))
    nearest = groups.means.argmin(axis=1) if len(rows) else rows
    while groups.count > rule.min_speakers:
        least = groups.means[rows, nearest]
        one = int(least.argmin())
        if not least[one] <= rule.cut + NOISE:
            return
        other = int(nearest[one])
        groups.join(one, other)
        stale = np.flatnonzero((nearest == one) | (nearest == other))
        nearest[stale] = groups.means[stale].argmin(axis=1)


def _join_most(groups: _Groups, most: int) -> None:
    while groups.count > most:
        left = np.unique(groups.owner)
        seconds = groups.seconds[left]
        cost = groups.means[np.ix_(left, left)] * np.minimum.outer(seconds, seconds)
        one, other = divmod(int(cost.argmin()), len(left))
        if not np.isfinite(cost[one, other]):
            return
        groups.join(int(left[one]), int(left[other]))
