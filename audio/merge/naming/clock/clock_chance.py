"""How probable it is that chance explains how well a timeline follows the speakers.

Conventions
-----------
Times and offsets are in seconds. The measure is `offset_search`'s information, in nats.
"""

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from audio.merge.intervals import NOISE_S, Times
from audio.merge.naming.clock.offset_search import (
    CHANGE_NATS,
    EXPECTED_OFFSET_S,
    OBSERVATION_S,
    Turned,
    log_prior,
    measure_information,
    turned_agreement,
)
from audio.merge.naming.joint_table import Course, Table, owners_at

PERMUTATIONS = 100
# Names in another order are compared only where there are this many changes of name. In drawn
# recordings of 60 s (seeds 0 to 99), with 1 to 9 of them, the test at 0.05 accepts one good
# timeline in seven, of 5 min four in five. Fewer changes are judged by the times, and refused
# where nine orders in ten are as good.
TESTABLE_CHANGES = 10
NO_BETTER = 0.9
SAYING_NATS = 2.0
# A display is right or wrong for a whole run, as in `timeline_evidence`.
RUN_OBSERVATIONS = 1.5
# Near the expected offset, other turns of the circle are judged as the timeline is: by the best
# offset within 6 s, less what the prior says against it. Turns nearer than 4 s are the same one.
REACH_S, APART_S = 6.0, 4.0
WINDOW_S = 3.0
# A clock that is far off, or has pauses, is half as probable before as the expected one. In drawn
# recordings of 5 min (seeds 0 to 59) 1, 2 and 5 accept 95, 95 and 92 % of those that are minutes
# off, and 8, 5 and 2 % of the far offsets that are found in other meetings' timelines.
FAR_ODDS = 2.0
# A pause that was searched for costs as much as a change does in the search, or this many
# deviations of other turns: in an hour these are 10 to 20 nats.
CHANGE_DEVIATIONS = 2.0
# Less speech, or fewer changes, has no distribution whose tail could be measured: the timeline
# must only be better than the same one turned.
SHORT_S, FEW_CHANGES = 45.0, 4


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried to find the clock: independent offsets, and pauses that no export has.

    ``is_expected`` says that the timeline's zero is the recording's start, so that an offset near
    the expected one needs no search.
    """

    offsets: float = 1.0
    pauses: int = 0
    is_expected: bool = True


def measure_chance(speech: Course, shown: Course, moved: Course, tried: Tried) -> float | None:
    """Measure how probable it is that chance follows the speakers as well.

    Two explanations are tested, and the better one counts. A timeline that does not belong to the
    recording follows as well: the timeline goes round in a circle, forwards and backwards, and is
    judged at each turn as it was at the first. And names dealt at random follow as well: the names
    of the runs, in which one name is shown alone, change places.

    Parameters
    ----------
    speech, shown, moved
        The course of the speakers and that of the names, in the timeline's time and in the
        recording's.
    tried
        How the clock was found.

    Returns
    -------
    float or None
        From 0 to 1; None where one speaker or one name leaves nothing to test.

    Source
    ------
    Permutation tests, of which 100 permutations, or the other turns, are fitted by a gamma
    distribution. The correction for the offsets tried is that of Sidak, Rectangular confidence
    regions, 1967.

    """
    names, seconds = _runs(speech, moved)
    times = _chance_of_times(speech, shown, moved, tried, changes=len(names))
    if times is None:
        return 1.0 if _are_several(names, seconds) else None
    return max(times, _chance_of_names(names, seconds))


def _chance_of_times(
    speech: Course, shown: Course, moved: Course, tried: Tried, *, changes: int
) -> float | None:
    turned = turned_agreement(speech, moved, main=0.0)
    if not len(turned.forwards) or turned.forwards.max() <= NOISE_S:
        return None
    if not tried.is_expected or tried.pauses:
        chance = _chance_at_found(turned, tried.pauses)
        return min(1.0, FAR_ODDS * (1 + tried.pauses) * _any_of(chance, tried.offsets))
    if float(np.ptp(speech.knots)) < SHORT_S:
        return _rank(turned)
    expected = turned_agreement(speech, shown, EXPECTED_OFFSET_S)
    if not len(expected.forwards):
        return 1.0
    return _rank(expected) if changes < FEW_CHANGES else _chance_at_expected(expected)


def _chance_at_expected(turned: Turned) -> float:
    """Return the probability that another timeline follows the speakers as well near its zero."""
    best, others = (
        _best_near(turned.forwards, turned.step),
        _best_near(turned.backwards, turned.step),
    )
    apart = round(APART_S / turned.step)
    unrelated = best[apart : max(apart, len(best) - apart)]
    return _upper_tail(float(best[0]), np.concatenate((unrelated, others)))


def _rank(turned: Turned) -> float:
    """Return the share of the other turns of the circle that follow the speakers better."""
    best, others = (
        _best_in_windows(one, turned.step) for one in (turned.forwards, turned.backwards)
    )
    compared = np.concatenate((best[1:], others))
    return float(np.count_nonzero(compared > best[0])) / max(1, len(compared))


def _best_near(information: Times, step: float) -> Times:
    """Return the best of the information and the prior around each turn of the circle."""
    reach = min(round(REACH_S / step), (len(information) - 1) // 2)
    moves = np.arange(-reach, reach + 1)
    prior = log_prior(EXPECTED_OFFSET_S + np.asarray(moves * step, dtype=np.float64))
    best = np.full(len(information), -np.inf)
    for move, nats in zip(moves.tolist(), prior.tolist(), strict=True):
        best = np.maximum(best, np.roll(information, -move) + nats)
    return best


def _chance_at_found(turned: Turned, pauses: int) -> float:
    best, others = (
        _best_in_windows(one, turned.step) for one in (turned.forwards, turned.backwards)
    )
    unrelated = np.concatenate((best[1:], others))
    cost = max(CHANGE_NATS, CHANGE_DEVIATIONS * float(unrelated.std()))
    found = float(best[0]) - cost * pauses
    return max(_upper_tail(found, unrelated), _by_weight(found, unrelated))


def _best_in_windows(information: Times, step: float) -> Times:
    window = max(1, round(WINDOW_S / step))
    turned = np.roll(information, window // 2)[: max(1, len(information) // window) * window]
    return np.array([part.max() for part in np.array_split(turned, max(1, len(turned) // window))])


def _any_of(chance: float, tried: float) -> float:
    """Return the probability that one of several trials is as good by chance."""
    return float(-np.expm1(tried * np.log1p(-min(chance, 1 - 1e-12))))


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


def _are_several(names: NDArray[np.intp], seconds: Table) -> bool:
    speakers = np.count_nonzero(seconds.any(axis=0))
    return min(int(speakers), len(np.unique(names))) >= 2


def _chance_of_names(names: NDArray[np.intp], seconds: Table) -> float:
    """Return the probability that the names in another order follow the speakers as well.

    Few changes of name follow the speakers by chance, whatever the names are: then only names that
    most orders exceed are refused.
    """
    if not _are_several(names, seconds):
        return 0.0
    random = np.random.default_rng(0)
    # The number of runs of each name does not change: the sums are over fixed parts.
    order = np.argsort(names, kind="stable")
    starts = np.flatnonzero(np.diff(names[order], prepend=-1))
    counted = np.minimum(seconds, RUN_OBSERVATIONS * OBSERVATION_S)
    permuted = np.array(
        [
            measure_information(np.add.reduceat(counted[random.permutation(order)], starts))
            for _ in range(PERMUTATIONS)
        ]
    )
    if float(permuted.var()) <= NOISE_S:
        # All orders of these few names are equally good: they say something, or nothing.
        said = measure_information(np.add.reduceat(seconds[order], starts))
        return 0.0 if said >= SAYING_NATS else 1.0
    chance = _upper_tail(measure_information(np.add.reduceat(counted[order], starts)), permuted)
    if len(names) < TESTABLE_CHANGES:
        return 1.0 if chance >= NO_BETTER else 0.0
    return chance
