"""The clock of a timeline: how late it is, and whether it follows the speakers at all.

Conventions
-----------
Times and offsets are in seconds; an offset is positive where the timeline is late: time in the
recording is the timeline's time less the offset. The measure is `offset_search`'s information, in
nats.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc

from audio.merge.intervals import NOISE_S, Times
from audio.merge.naming.joint_table import Course, Table, joint_table, owners_at
from audio.merge.naming.offset_search import (
    EXPECTED_OFFSET_S,
    OBSERVATION_S,
    Searched,
    measure_information,
    rank_offset,
    search_offsets,
)
from audio.merge.values import TimelineEntry

STEP_S = 0.1
OFFSET_SPREAD_S = 1.0
# Offsets that are measured exactly, and how far apart they are.
CANDIDATES, APART_S = 3, 1.0
# Exact offsets on each side of a candidate: those of a timeline of 10 hours are 1.8 s apart.
MOST_STEPS = 10
# Offsets as near to the expected one are not a search: meeting clients alone differ by that.
UNSEARCHED_S = 3.5
PERMUTATIONS = 100
# Fewer changes of name than this can follow the speakers by chance, whatever the names are: in
# simulated recordings of 60 s, with 3 to 6 changes, the permutation test at 0.1 accepts a quarter
# of the good timelines, of 5 min, with 20 to 30, 95 %. Then the times decide: whether the timeline
# follows the speech better at the expected offset than at others. Names no better than those that
# nine permutations in ten give are refused all the same.
TESTABLE_CHANGES = 10
NO_BETTER = 0.9
SHORT_S = 60.0
SAYING_NATS = 2.0
DRIFT_FROM_S = 1200.0
LARGEST_DRIFT = 100e-6
DRIFT_STEP = 50e-6
DRIFT_NATS = 2.0


@dataclass(frozen=True, slots=True)
class ClockPiece:
    """The offset from one time in the recording on, both in seconds."""

    from_s: float
    offset_s: float


@dataclass(frozen=True, slots=True)
class Clock:
    """How late a timeline is, and how probable an agreement as good is by chance.

    ``pieces`` has one offset, or several where the recording was paused; the first begins at minus
    infinity. ``drift`` is how much faster the timeline's clock runs, per second. ``chance`` is the
    probability, corrected for the offsets tried, that names dealt at random would follow the
    speakers as well; None where one speaker or one name leaves nothing to test. ``tried`` is how
    many independent offsets are as probable before as the one found. ``is_at_edge`` says that it
    is at the edge of what could be tried.
    """

    pieces: tuple[ClockPiece, ...]
    chance: float | None = None
    drift: float = 0.0
    tried: float = 1.0
    is_at_edge: bool = False
    is_zero_known: bool = True

    @property
    def offset_s(self) -> float:
        """The offset at the recording's start."""
        return self.pieces[0].offset_s


def estimate_clock(speech: Course, shown: Course, *, is_zero_known: bool = True) -> Clock:
    """Estimate how late the names are, and whether they follow the speakers better than by chance.

    The offset, in steps of 0.1 s, is the most probable of all at which recording and timeline have
    20 s in common: the information plus the log of a prior with heavy tails around 0.5 s. The less
    speech there is, the more the prior decides.

    Parameters
    ----------
    speech, shown
        The course of the speakers and that of the names.
    is_zero_known
        Whether the timeline's zero is the recording's start. If not, every offset is as probable
        before.

    Returns
    -------
    Clock
        With the expected offset for no speech or no timeline entries.

    """
    searched = search_offsets(speech, shown)
    offset = _most_probable(speech, shown, searched, is_zero_known=is_zero_known)
    clock = Clock(
        (ClockPiece(-np.inf, offset),),
        tried=_tried_offsets(offset, searched, is_zero_known=is_zero_known),
        is_at_edge=_is_at_edge(offset, searched),
        is_zero_known=is_zero_known,
    )
    drift = _drift(speech, shown, offset)
    if drift:
        # The offset was found for the recording as a whole: it is that of its middle.
        middle = float(speech.knots[0] / 2 + speech.knots[-1] / 2)
        first = ClockPiece(-np.inf, round(offset - drift * middle, 2))
        clock = replace(clock, drift=drift, pieces=(first,))
    return replace(clock, chance=measure_chance(speech, shown, clock))


def measure_chance(speech: Course, shown: Course, clock: Clock) -> float | None:
    """Measure how probable it is that names dealt at random follow the speakers as well.

    Parameters
    ----------
    speech, shown
        The course of the speakers and that of the names, in the timeline's time.
    clock
        The clock that was estimated, with the number of offsets that were tried.

    Returns
    -------
    float or None
        From 0 to 1; None where one speaker or one name leaves nothing to test.

    Source
    ------
    A permutation test: the names of the runs, in which one name is shown alone, change places, and
    the information of 100 permutations is fitted by a gamma distribution. The correction for the
    offsets tried is that of Sidak, Rectangular confidence regions, 1967.
    """
    names, seconds = _runs(speech, shown, clock.offset_s)
    if min(int(np.count_nonzero(seconds.any(axis=0))), len(np.unique(names))) < 2:
        return None
    by_names = _permutation_chance(names, seconds)
    chance = float(-np.expm1(clock.tried * np.log1p(-min(by_names, 1 - 1e-12))))
    if len(names) < TESTABLE_CHANGES and clock.is_zero_known and by_names < NO_BETTER:
        return min(chance, _chance_by_times(speech, shown, clock.offset_s))
    return chance


def _chance_by_times(speech: Course, shown: Course, offset: float) -> float:
    """Return the share of the other offsets that are better than the expected one.

    A recording under a minute says too little to refuse an offset near the expected one.
    """
    is_near = abs(offset - EXPECTED_OFFSET_S) <= UNSEARCHED_S
    is_short = float(np.ptp(speech.knots)) < SHORT_S
    return rank_offset(speech, shown, offset if is_short and is_near else EXPECTED_OFFSET_S)


def move_entries(entries: Sequence[TimelineEntry], clock: Clock) -> tuple[TimelineEntry, ...]:
    """Move timeline entries into the time of the recording.

    Parameters
    ----------
    entries
        In the timeline's time.
    clock
        From `estimate_clock`.

    Returns
    -------
    tuple of TimelineEntry
        An entry that spans a pause is cut in two; one within a pause is left out.

    Examples
    --------
    >>> clock = Clock((ClockPiece(-np.inf, 1.0), ClockPiece(9.0, 6.0)))
    >>> move_entries([TimelineEntry(5.0, 20.0, "Ann")], clock)
    (TimelineEntry(start=4.0, end=9.0, name='Ann', confidence=1.0, room=False, person=''), \
TimelineEntry(start=9.0, end=14.0, name='Ann', confidence=1.0, room=False, person=''))

    """
    ends = [piece.from_s for piece in clock.pieces[1:]] + [np.inf]
    moved = []
    for piece, until in zip(clock.pieces, ends, strict=True):
        for entry in entries:
            start = max((entry.start - piece.offset_s) / (1 + clock.drift), piece.from_s)
            end = min((entry.end - piece.offset_s) / (1 + clock.drift), until)
            if end > start or len(clock.pieces) == 1:
                moved.append(TimelineEntry(start, end, entry.name, *_rest(entry)))
    return tuple(moved)


def _rest(entry: TimelineEntry) -> tuple[float, bool, str]:
    # `dataclasses.replace` takes 20 times as long, and an hour has thousands of entries.
    return entry.confidence, entry.room, entry.person


def log_prior(offsets: Times) -> NDArray[np.float64]:
    """Return the log of the prior of each offset, up to a constant: that of Cauchy's curve."""
    prior: NDArray[np.float64] = -np.log1p(((offsets - EXPECTED_OFFSET_S) / OFFSET_SPREAD_S) ** 2)
    return prior


def _most_probable(
    speech: Course, shown: Course, searched: Searched, *, is_zero_known: bool
) -> float:
    if not len(searched.offsets):
        return EXPECTED_OFFSET_S
    prior = log_prior(searched.offsets) if is_zero_known else np.zeros(len(searched.offsets))
    probable = searched.information + prior
    best = []
    for _ in range(CANDIDATES):
        at = int(np.argmax(probable))
        if not np.isfinite(probable[at]):
            break
        best.append(float(searched.offsets[at]))
        probable = np.where(np.abs(searched.offsets - best[-1]) < APART_S, -np.inf, probable)
    steps = min(MOST_STEPS, int(np.ceil(searched.step / 2 / STEP_S)))
    near = np.arange(-steps, steps + 1) * STEP_S
    tried = np.unique(np.round(np.add.outer(best, near).ravel(), 1))
    if is_zero_known:
        tried = np.unique(np.append(tried, EXPECTED_OFFSET_S))
    exact = np.array([_information(speech, shown, offset) for offset in tried.tolist()])
    exact = exact + (log_prior(tried) if is_zero_known else 0.0)
    return float(tried[int(np.argmax(exact))])


def _information(speech: Course, shown: Course, offset: float) -> float:
    return measure_information(joint_table(speech, shown, offset))


def _is_at_edge(offset: float, searched: Searched) -> bool:
    if not len(searched.offsets):
        return False
    edges = searched.offsets[[0, -1]]
    return bool(np.min(np.abs(edges - offset)) <= searched.step + STEP_S + NOISE_S)


def _runs(speech: Course, shown: Course, offset: float) -> tuple[NDArray[np.intp], Table]:
    """Return the name of each run of one name alone, and its seconds by the speaker alone."""
    knots = np.union1d(speech.knots, shown.knots - offset)
    middles = knots[:-1] / 2 + knots[1:] / 2
    speaker, name = owners_at(speech, middles), owners_at(shown, middles + offset)
    counting = (speaker >= 0) & (name >= 0)
    speaker, name, seconds = speaker[counting], name[counting], np.diff(knots)[counting]
    begins = np.ones(len(name), dtype=np.bool_)
    begins[1:] = name[1:] != name[:-1]
    table = np.zeros((int(begins.sum()), speech.groups))
    np.add.at(table, (np.cumsum(begins) - 1, speaker), seconds)
    return name[begins], table


def _permutation_chance(names: NDArray[np.intp], seconds: Table) -> float:
    random = np.random.default_rng(0)
    # The number of runs of each name does not change: the sums are over fixed parts.
    order = np.argsort(names, kind="stable")
    starts = np.flatnonzero(np.diff(names[order], prepend=-1))
    measured = measure_information(np.add.reduceat(seconds[order], starts))
    permuted = np.array(
        [
            measure_information(np.add.reduceat(seconds[random.permutation(order)], starts))
            for _ in range(PERMUTATIONS)
        ]
    )
    mean, variance = float(permuted.mean()), float(permuted.var())
    if variance <= NOISE_S:
        # All orders of these few names are equally good: they say something, or nothing.
        return NO_BETTER - NOISE_S if measured >= SAYING_NATS else 1.0
    return float(gammaincc(mean**2 / variance, measured * mean / variance))


def _tried_offsets(offset: float, searched: Searched, *, is_zero_known: bool) -> float:
    """Return how many independent offsets are as probable before as the one that was found."""
    if not len(searched.offsets):
        return 1.0
    whole = max(1.0, float(np.ptp(searched.offsets)) / OBSERVATION_S)
    if not is_zero_known:
        return whole
    farther = max(0.0, abs(offset - EXPECTED_OFFSET_S) - UNSEARCHED_S)
    return min(whole, 1 + 2 * farther / OBSERVATION_S)


def _drift(speech: Course, shown: Course, offset: float) -> float:
    """Return the drift of a long recording's timeline, 0 where nothing speaks for another."""
    if len(speech.knots) < 2 or np.ptp(speech.knots) < DRIFT_FROM_S:
        return 0.0
    steps = round(LARGEST_DRIFT / DRIFT_STEP)
    drifts = np.arange(-steps, steps + 1) * DRIFT_STEP
    middle = float(speech.knots[0] / 2 + speech.knots[-1] / 2)
    found = []
    for drift in drifts.tolist():
        knots = middle + (shown.knots - offset - middle) / (1 + drift)
        found.append(measure_information(joint_table(speech, replace(shown, knots=knots))))
    best = int(np.argmax(found))
    return float(drifts[best]) if found[best] - found[steps] > DRIFT_NATS else 0.0
