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

from audio.merge.intervals import NOISE_S
from audio.merge.naming.clock.clock_chance import REACH_S, Tried, measure_chance
from audio.merge.naming.clock.offset_search import (
    EXPECTED_OFFSET_S,
    OBSERVATION_S,
    Searched,
    log_prior,
    measure_information,
    search_offsets,
)
from audio.merge.naming.clock.paused_clock import find_pieces
from audio.merge.naming.clock.pieces import Piece, pieces_with_ends
from audio.merge.naming.clock.text_clock import pieces_by_text
from audio.merge.naming.joint_table import Course, joint_table, part_of
from audio.merge.values import ZERO_KNOWN, KnownClock, TimelineEntry

STEP_S = 0.1
# Offsets that are measured exactly, and how far apart they are.
CANDIDATES, APART_S = 3, 1.0
# Exact offsets on each side of a candidate: those of a timeline of 10 hours are 1.8 s apart.
MOST_STEPS = 10
# Offsets as near to the expected one are not a search: meeting clients alone differ by that.
UNSEARCHED_S = 3.5
# A far offset, or pauses, that chance explains no better than this are believed.
SURE = 0.06
DRIFT_FROM_S = 1200.0
LARGEST_DRIFT = 100e-6
DRIFT_STEP = 50e-6
DRIFT_NATS = 2.0


@dataclass(frozen=True, slots=True)
class Clock:
    """How late a timeline is, and how probable an agreement as good is by chance.

    ``pieces`` has one offset, or several where the recording was paused; the first begins at minus
    infinity. ``drift`` is how much faster the timeline's clock runs, per second. ``chance`` is the
    probability, corrected for the offsets tried, that names dealt at random would follow the
    speakers as well; None where one speaker or one name leaves nothing to test. ``tried`` is how
    many independent offsets were tried. ``is_at_edge`` says that it
    is at the edge of what could be tried, ``is_by_text`` that words decided.
    """

    pieces: tuple[Piece, ...]
    chance: float | None = None
    drift: float = 0.0
    tried: float = 1.0
    is_at_edge: bool = False
    is_zero_known: bool = True
    is_by_text: bool = False

    @property
    def offset_s(self) -> float:
        """The offset at the recording's start."""
        return self.pieces[0].offset_s

    @property
    def is_far(self) -> bool:
        """Whether the offset is not one that meeting clients have."""
        return abs(self.offset_s - EXPECTED_OFFSET_S) > REACH_S


def estimate_clock(
    speech: Course, shown: Course, *, known_clock: KnownClock = ZERO_KNOWN
) -> Clock:
    """Estimate how late the names are, and whether they follow the speakers better than by chance.

    The offset, in steps of 0.1 s, is the most probable of all at which recording and timeline have
    20 s in common: the information plus the log of a prior with heavy tails around 0.5 s. The less
    speech there is, the more the prior decides.

    Parameters
    ----------
    speech, shown
        The course of the speakers and that of the names.
    known_clock
        Anchors decide where five agree. Where the zero is not the recording's start, every offset
        is as probable before.

    Returns
    -------
    Clock
        With the expected offset for no speech or no timeline entries.

    """
    by_text = pieces_by_text(known_clock.anchors, speech, shown)
    if by_text:
        clock = Clock(by_text, is_by_text=True)
    else:
        clock = _searched_clock(speech, shown, is_zero_known=known_clock.is_zero_known)
    drift = _drift(speech, move_course(shown, clock))
    if drift:
        # The offset was found for the recording as a whole: it is that of its middle.
        away = drift * _middle(speech)
        pieces = (Piece(one.from_s, round(one.offset_s - away, 2)) for one in clock.pieces)
        clock = replace(clock, drift=drift, pieces=tuple(pieces))
    return replace(clock, chance=follow_chance(speech, shown, clock))


def _searched_clock(speech: Course, shown: Course, *, is_zero_known: bool) -> Clock:
    """Return the most probable clock; where chance explains it, the one near the expected offset.

    Pieces or a far offset that chance explains are no reason to refuse a timeline that follows
    the speakers at the offset that meeting clients have.
    """
    searched = search_offsets(speech, shown)
    offset = _most_probable(speech, shown, searched, is_zero_known=is_zero_known)
    found = _found_clock(speech, shown, searched, offset, is_zero_known=is_zero_known)
    if not is_zero_known or not (found.is_far or len(found.pieces) > 1):
        return found
    near = _near_expected(searched)
    offset = _most_probable(speech, shown, near, is_zero_known=True)
    expected = Clock((Piece(-np.inf, offset),), is_zero_known=True)
    chances = [follow_chance(speech, shown, clock) for clock in (found, expected)]
    if None in chances:
        return found
    by_search, by_expected = (chance or 0.0 for chance in chances)
    return found if by_search <= max(SURE, by_expected) else expected


def _found_clock(
    speech: Course, shown: Course, searched: Searched, offset: float, *, is_zero_known: bool
) -> Clock:
    pieces = find_pieces(speech, shown, offset, is_zero_known=is_zero_known)
    return Clock(
        pieces,
        tried=_tried_offsets(pieces[0].offset_s, searched, is_zero_known=is_zero_known),
        is_at_edge=_is_at_edge(pieces[0].offset_s, searched),
        is_zero_known=is_zero_known,
    )


def _near_expected(searched: Searched) -> Searched:
    near = np.abs(searched.offsets - EXPECTED_OFFSET_S) <= REACH_S
    return replace(
        searched, offsets=searched.offsets[near], information=searched.information[near]
    )


def follow_chance(speech: Course, shown: Course, clock: Clock) -> float | None:
    """Measure how probable it is that chance explains how well the timeline follows the speakers.

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

    """
    return measure_chance(
        speech,
        shown,
        move_course(shown, clock),
        Tried(
            1.0 if clock.is_by_text else clock.tried,
            0 if clock.is_by_text else len(clock.pieces) - 1,
            is_expected=clock.is_zero_known and not clock.is_by_text and not clock.is_far,
        ),
    )


def move_course(shown: Course, clock: Clock) -> Course:
    """Move the course of the names into the time of the recording, without what a pause hides."""
    knots, owners = [], []
    for piece, until in pieces_with_ends(clock.pieces):
        scale = 1 + clock.drift
        part = part_of(
            shown, piece.from_s * scale + piece.offset_s, until * scale + piece.offset_s
        )
        knots.append((part.knots - piece.offset_s) / scale)
        owners.append(part.owners)
    return Course(np.concatenate(knots), np.concatenate(owners), shown.groups)


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
    >>> clock = Clock((Piece(-np.inf, 1.0), Piece(9.0, 6.0)))
    >>> move_entries([TimelineEntry(5.0, 20.0, "Ann")], clock)
    (TimelineEntry(start=4.0, end=9.0, name='Ann', confidence=1.0, room=False, person=''), \
TimelineEntry(start=9.0, end=14.0, name='Ann', confidence=1.0, room=False, person=''))

    """
    moved = []
    for piece, until in pieces_with_ends(clock.pieces):
        for entry in entries:
            start = max((entry.start - piece.offset_s) / (1 + clock.drift), piece.from_s)
            end = min((entry.end - piece.offset_s) / (1 + clock.drift), until)
            if end > start or len(clock.pieces) == 1:
                moved.append(TimelineEntry(start, end, entry.name, *_rest(entry)))
    return tuple(moved)


def _rest(entry: TimelineEntry) -> tuple[float, bool, str]:
    # `dataclasses.replace` takes 20 times as long, and an hour has thousands of entries.
    return entry.confidence, entry.room, entry.person


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


def _tried_offsets(offset: float, searched: Searched, *, is_zero_known: bool) -> float:
    """Return how many independent offsets were tried: one near the expected offset, else all."""
    if not len(searched.offsets):
        return 1.0
    if is_zero_known and abs(offset - EXPECTED_OFFSET_S) <= UNSEARCHED_S:
        return 1.0
    return max(1.0, float(np.ptp(searched.offsets)) / OBSERVATION_S)


def _drift(speech: Course, moved: Course) -> float:
    """Return the drift of a long recording's timeline, 0 where nothing speaks for another."""
    if _length(speech) < DRIFT_FROM_S:
        return 0.0
    steps = round(LARGEST_DRIFT / DRIFT_STEP)
    drifts = np.arange(-steps, steps + 1) * DRIFT_STEP
    middle = _middle(speech)
    found = []
    for drift in drifts.tolist():
        knots = middle + (moved.knots - middle) / (1 + drift)
        found.append(measure_information(joint_table(speech, replace(moved, knots=knots))))
    best = int(np.argmax(found))
    return float(drifts[best]) if found[best] - found[steps] > DRIFT_NATS else 0.0


def _length(speech: Course) -> float:
    return float(np.ptp(speech.knots)) if len(speech.knots) else 0.0


def _middle(speech: Course) -> float:
    return float(speech.knots[0] / 2 + speech.knots[-1] / 2)
