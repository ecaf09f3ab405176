"""Which items are of one kind, when some of them certainly are not.

Agglomeration by average linkage: the two nearest groups join first, and the distance between two
groups is the mean over their pairs of items, weighted by the items. scipy's ``linkage`` gives the
same groups where all weigh the same, every distance is known and nothing must stay apart (a test
compares the two), but it knows none of those three. Large distances for pairs that must stay apart
do not keep them apart, because a mean over many pairs hides one; and cutting scipy's tree above a
forbidden union splits off everything that would have joined later. So a union that is forbidden is
passed over, and both groups go on to look for others (Davidson and Ravi, Agglomerative
hierarchical clustering with constraints, 2005).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.merge.intervals import NOISE_S, Indices, Times
from audio.merge.naming.voice_similarity import NOISE

Matrix = NDArray[np.float64]
Pairs = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LinkingRule:
    """How alike the members of a group are, and how many groups there may be.

    ``cut`` is the largest mean cosine distance, from 0 to 2, at which two groups join; 0.7 is the
    default that the project's contract names. Below ``min_speakers`` nothing joins; above
    ``max_speakers`` groups join whatever their distance. Equal, they ask for that number.
    """

    cut: float = 0.7
    min_speakers: int = 1
    max_speakers: int | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that nothing can satisfy."""
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
    """Tell which items are of one kind.

    Groups join from the nearest to the farthest while their distance is at most ``rule.cut``, then
    until there are ``rule.max_speakers``: there the pair joins whose distance times the seconds of
    its smaller group is least, so that a cough does not make two talkers one. Ties go to the first
    item.

    Parameters
    ----------
    distances
        Shape ``(items, items)``, symmetric; not a number where nobody knows. The distance of two
        groups is the mean over their known pairs; groups without any do not join.
    seconds
        How much each item weighs, shape ``(items,)``.
    apart
        Which items are never of one kind, shape ``(items, items)``, symmetric. It wins over
        ``rule.max_speakers``.
    unlike
        Which items are of one kind only where there would be more than ``rule.max_speakers``, of
        the shape of ``apart``; none by default.

    Returns
    -------
    NDArray
        The group of each item, shape ``(items,)``, numbered as they first appear.

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
    """Items that have joined stand at the place of their first; the places of others are empty.

    ``means`` holds the distances between groups, infinite where they must not or cannot join.
    Sums over known pairs and their weights are added up row by row: exact, and O(items) a union.
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
        """Make two groups one, at the place of the first of them."""
        kept, gone = min(one, other), max(one, other)
        for table in (self._weights, self._sums):
            table[kept] += table[gone]
            table[:, kept] = table[kept]
        for pairs in (self._apart, self._unlike):
            pairs[kept] |= pairs[gone]
            pairs[:, kept] = pairs[kept]
        self._apart[gone] = self._apart[:, gone] = True
        self.means[gone] = self.means[:, gone] = np.inf
        self.means[kept] = self.means[:, kept] = self._means(kept)
        self.seconds[kept] += self.seconds[gone]
        self.owner[self.owner == gone] = kept
        self.count -= 1

    def allow_unlike(self) -> None:
        """Let groups join that only were unlike."""
        self._unlike[:] = False
        self.means = self._means(slice(None))

    def _means(self, rows: slice | int) -> Matrix:
        weights = self._weights[rows]
        means = np.full(weights.shape, np.inf)
        may_join = (weights > 0) & ~self._apart[rows] & ~self._unlike[rows]
        np.divide(self._sums[rows], weights, out=means, where=may_join)
        return means


def _join_near(groups: _Groups, rule: LinkingRule) -> None:
    """Join while the nearest two are near enough.

    A mean of means is never less than the lesser of them, so a union brings nothing nearer to a
    third group: only rows whose nearest was one of the two need a new look.
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
