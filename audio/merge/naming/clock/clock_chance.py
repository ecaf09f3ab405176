"""The probability that chance explains how well a timeline follows the speakers.

Conventions
-----------
Times and offsets are in seconds; the course of the names is in the recording's time. The measure
is `offset_search`'s information, in nats.
"""

import numpy as np
import scipy
from numpy.typing import NDArray

from audio.merge.intervals import NOISE_S, Times
from audio.merge.naming.clock.offset_search import (
    CHANGE_NATS,
    measure_information,
    turned_information,
)
from audio.merge.naming.joint_table import Course, Table, owners_at

PERMUTATIONS = 100
# Fewer changes of name than this can follow the speakers by chance, whatever the names are: in
# simulated recordings of 60 s, with 3 to 6 changes, the permutation test at 0.1 accepts a quarter
# of the good timelines, of 5 min, with 20 to 30, 95 %. Then the times decide: whether the timeline
# follows the speech better at this offset than at others. Names no better than those that
# nine permutations in ten give are refused all the same.
TESTABLE_CHANGES = 10
NO_BETTER = 0.9
SAYING_NATS = 2.0


def measure_chance(
    speech: Course,
    moved: Course,
    *,
    tried: float,
    searched_pauses: int = 0,
    unsearched: float | None = None,
) -> float | None:
    """Measure how probable it is that chance follows the speakers as well.

    Two explanations are tested. Names dealt at random follow as well as these: the names of the
    runs, in which one name is shown alone, change places. And a timeline of other times follows as
    well at the best of the offsets that were tried: the timeline goes round in a circle. Where the
    offset is not that of another recording, the names are not tested once for each offset.

    Parameters
    ----------
    speech, moved
        The course of the speakers and that of the names, both in the recording's time.
    tried
        How many independent offsets were tried.
    searched_pauses
        How many pauses were found by the search: what each must have gained counts against it.
    unsearched
        How far the names must be moved from the offset that would be used without a search, in
        seconds, for a recording that begins with the timeline; None without such an offset. The
        names of few runs are then judged by the times at that offset.

    Returns
    -------
    float or None
        From 0 to 1; None where one speaker or one name leaves nothing to test.

    Source
    ------
    Permutation tests, of which 100 permutations, or the other offsets, are fitted by a gamma
    distribution. The correction for the offsets tried is that of Sidak, Rectangular confidence
    regions, 1967.

    """
    names, seconds = _runs(speech, moved)
    if min(int(np.count_nonzero(seconds.any(axis=0))), len(np.unique(names))) < 2:
        return None
    cost = CHANGE_NATS * searched_pauses
    by_names = _permutation_chance(names, seconds)
    costly = _permutation_chance(names, seconds, cost) if cost else by_names
    has_few = len(names) < TESTABLE_CHANGES and by_names < NO_BETTER
    by_times = _any_of(_chance_of_times(speech, moved, cost), tried)
    # Either of two tests may accept, with each number of pauses: they share the chance.
    shares = 2 * (1 + searched_pauses)
    by_both = min(1.0, shares * (by_times if has_few else max(by_names, by_times)))
    chance = min(_any_of(costly, tried), by_both)
    if has_few and unsearched is not None:
        return min(chance, _rank_of_times(speech, moved, unsearched))
    return chance


def _any_of(chance: float, tried: float) -> float:
    """Return the probability that one of several trials is as good by chance."""
    return float(-np.expm1(tried * np.log1p(-min(chance, 1 - 1e-12))))


def _chance_of_times(speech: Course, moved: Course, cost: float) -> float:
    """Return the probability that the names follow as well at one other offset."""
    found, others = turned_information(speech, moved)
    if not len(others):
        return 1.0
    return max(_upper_tail(found - cost, others), _by_weight(found - cost, others))


def _rank_of_times(speech: Course, moved: Course, offset: float) -> float:
    """Return the share of the other offsets that are better than this one."""
    found, others = turned_information(speech, moved, offset)
    if not len(others) or found <= NOISE_S:
        return 1.0
    return float(np.count_nonzero(others > found)) / len(others)


def _by_weight(value: float, others: Times) -> float:
    """Return the least probability of chance that this excess in nats allows."""
    return min(1.0, float(np.exp(others.mean() - value)))


def _upper_tail(value: float, others: Times) -> float:
    mean, variance = float(others.mean()), float(others.var())
    if variance <= NOISE_S or mean <= 0:
        return 1.0
    return float(scipy.special.gammaincc(mean**2 / variance, max(0.0, value) * mean / variance))


def _runs(speech: Course, moved: Course) -> tuple[NDArray[np.intp], Table]:
    """Return the name of each run of one name alone, and its seconds by the speaker alone."""
    knots = np.union1d(speech.knots, moved.knots)
    middles = knots[:-1] / 2 + knots[1:] / 2
    speaker, name = owners_at(speech, middles), owners_at(moved, middles)
    counting = (speaker >= 0) & (name >= 0)
    speaker, name, seconds = speaker[counting], name[counting], np.diff(knots)[counting]
    begins = np.ones(len(name), dtype=np.bool_)
    begins[1:] = name[1:] != name[:-1]
    table = np.zeros((int(begins.sum()), speech.groups))
    np.add.at(table, (np.cumsum(begins) - 1, speaker), seconds)
    return name[begins], table


def _permutation_chance(names: NDArray[np.intp], seconds: Table, cost: float = 0.0) -> float:
    random = np.random.default_rng(0)
    # The number of runs of each name does not change: the sums are over fixed parts.
    order = np.argsort(names, kind="stable")
    starts = np.flatnonzero(np.diff(names[order], prepend=-1))
    measured = measure_information(np.add.reduceat(seconds[order], starts)) - cost
    permuted = np.array(
        [
            measure_information(np.add.reduceat(seconds[random.permutation(order)], starts))
            for _ in range(PERMUTATIONS)
        ]
    )
    if float(permuted.var()) <= NOISE_S:
        # All orders of these few names are equally good: they say something, or nothing.
        return NO_BETTER - NOISE_S if measured >= SAYING_NATS else 1.0
    return _upper_tail(measured, permuted)
