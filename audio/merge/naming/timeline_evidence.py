"""The evidence of a visual timeline for every name of every speaker.

Conventions
-----------
Times are in seconds; tables have the shape ``(speakers, names)``. Weights of evidence are log
likelihood ratios in nats (Good, Weight of evidence: a brief survey, 1985).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.merge.intervals import Indices, Times, union
from audio.merge.naming.clock.offset_search import OBSERVATION_S
from audio.merge.naming.clock.timeline_alignment import spans_of
from audio.merge.naming.display_onsets import weigh_onsets
from audio.merge.naming.joint_table import (
    Course,
    Spans,
    Table,
    course,
    joint_table,
    overlap_table,
    owners_at,
)
from audio.merge.values import TimelineEntry, Turn

# Time in which several speakers talk or several names are shown counts this fraction of exclusive
# time. In the simulator's recordings of a minute, 0 and 1 name more wrongly, and 0.3 names up to
# 1.5 points less.
SHARED_TIME = 0.1
# The rate at which a name is shown is smoothed by one more observation, in which it is shown one
# time in ten. From 0.03 to 0.3 the simulator's figures are the same within 0.2 points.
PRIOR_RATE = 0.1
# A display that is held through the talk of a person without a tile begins while its own person
# talks. Lit runs with less than a second between them are one.
BEGINNING_S = 3.0
HELD_S = 1.0
# A display that is only held through the talk of a person without a tile begins elsewhere: in the
# benchmark's recordings of 5 min 0.3 raises mis by 0.05 points, 0.8 lowers right by 0.3.
SHARED_BEGUN = 0.7
# A display is right or wrong for a whole run, so a long run weighs no more than this many
# observations. In drawn recordings (seeds 0 to 149 of 60 s, 0 to 59 of 5 min) right / mis are
# 74.1 / 0.66 and 85.0 / 0.39; with two observations 74.4 / 0.80 and 85.0 / 0.42.
RUN_OBSERVATIONS = 1.5
# A speaker who bears a name does not count against another bearer of it: people of one room, or
# halves of one person. The bound is the share that gives a name (`EvidenceRule.min_share`).
# Without it 70 % instead of 82 % of the speech behind a room's name is right at 5 min; with 0.7
# mis is 0.1 higher at 5 min, 0.2 at 15 min.
BEARER_SHARE = 0.5
# And the name is shown for this share of all that a bearer says: half of a timeline's entries may
# be missing.
BEARER_RATE = 0.25


@dataclass(frozen=True, slots=True)
class Timeline:
    """The evidence of a visual timeline, in tables of shape ``(speakers, names)``.

    ``exclusive`` are seconds, ``seconds`` the exclusive ones and a fraction of the others,
    ``weight`` nats. ``rooms``, of shape ``(names,)``, are the names that several people bear.
    ``begun`` compares a speaker's share of the beginnings of a name's lit runs with the speaker's
    share of all its lit time: about 1 for the person's own speaker, near 0 where the display is
    only held. ``onsets`` are nats, negative where the speaker's turns begin without the name.
    """

    names: tuple[str, ...]
    exclusive: Table
    seconds: Table
    weight: Table
    rooms: NDArray[np.bool_]
    begun: Table
    onsets: Table


def read_timeline(
    speakers: Sequence[str], turns: Sequence[Turn], entries: Sequence[TimelineEntry]
) -> Timeline:
    """Measure the evidence of a visual timeline for every name of every speaker.

    The weight of a name is its time, in
    observations, times the log of the ratio of two rates: how often the name is shown while this
    speaker talks, and how often while the others do who do not have it for half of their time.
    Speech while no name is shown counts too. One run of a name during one speaker's talk counts as
    one and a half observations at most.

    Parameters
    ----------
    speakers
        The rows, among them every speaker of ``turns``.
    turns, entries
        In any order, in seconds of the recording. Blank names and entries without length do not
        count.

    Returns
    -------
    Timeline
        Without names where no entry counts.

    Raises
    ------
    ValueError
        When a time is not finite.

    """
    speech = spans_of(turns, [turn.speaker for turn in turns], speakers)
    labels = [entry.name.strip() for entry in entries]
    counting = [entry for entry in entries if entry.name.strip() and entry.end > entry.start]
    names = tuple(dict.fromkeys(entry.name.strip() for entry in counting))
    shown = spans_of(entries, labels, names)
    shape = (len(speakers), len(names))
    if not names:
        return Timeline(
            (),
            np.zeros(shape),
            np.zeros(shape),
            np.zeros(shape),
            np.zeros(0, bool),
            np.zeros(shape),
            np.zeros(shape),
        )
    talking, visible = course(*speech, len(speakers)), course(*shown, len(names))
    table = joint_table(talking, visible)
    exclusive = table[:, :-1]
    lit = overlap_table(speech, shown, shape)
    shared = lit - exclusive
    seconds = exclusive + SHARED_TIME * np.maximum(shared, 0.0)
    begun = _begun(lit, overlap_table(speech, _beginnings(*shown), shape))
    rooms = {entry.name.strip() for entry in counting if entry.room}
    return Timeline(
        names,
        exclusive,
        seconds,
        _weight(seconds, table[:, -1], begun) * _counted_share(talking, visible),
        np.array([name in rooms for name in names], dtype=np.bool_),
        begun,
        weigh_onsets(speech, shown, shape),
    )


def _beginnings(starts: Times, ends: Times, names: Indices) -> Spans:
    """Return the first 3 s of each run in which a name is lit."""
    starts, ends, names = union(starts, ends + HELD_S, names)
    return starts, np.minimum(ends - HELD_S, starts + BEGINNING_S), names


def _begun(lit: Table, first: Table) -> Table:
    expected = lit * np.divide(
        first.sum(axis=0), lit.sum(axis=0), out=np.zeros(lit.shape[1]), where=lit.sum(axis=0) > 0
    )
    begun: Table = np.divide(first, expected, out=np.zeros(lit.shape), where=expected > 0)
    return begun


def _counted_share(speech: Course, shown: Course) -> Table:
    """Return the share of each cell's exclusive time that counts, without the rest of long runs.

    A run of a cell ends where the speaker does not talk alone under the name for a second.
    """
    knots = np.union1d(speech.knots, shown.knots)
    middles = knots[:-1] / 2 + knots[1:] / 2
    speaker, name = owners_at(speech, middles), owners_at(shown, middles)
    both = np.flatnonzero((speaker >= 0) & (name >= 0))
    order = both[np.lexsort((both, name[both], speaker[both]))]
    speaker, name = speaker[order], name[order]
    begins = np.ones(len(order), dtype=np.bool_)
    begins[1:] = (
        (speaker[1:] != speaker[:-1])
        | (name[1:] != name[:-1])
        | (knots[order[1:]] - knots[order[:-1] + 1] > HELD_S)
    )
    run = np.cumsum(begins) - 1
    seconds = np.bincount(run, np.diff(knots)[order]) if order.size else np.empty(0)
    whole, counted = np.zeros((2, speech.groups, shown.groups))
    cells = speaker[begins], name[begins]
    np.add.at(whole, cells, seconds)
    np.add.at(counted, cells, np.minimum(seconds, RUN_OBSERVATIONS * OBSERVATION_S))
    share: Table = np.divide(counted, whole, out=np.ones(whole.shape), where=whole > 0)
    return share


def _weight(seconds: Table, unshown: Table, begun: Table) -> Table:
    """Return nats: the seconds in observations, times the log ratio of two smoothed rates."""
    named = seconds.sum(axis=1, keepdims=True)
    spoken = np.broadcast_to(named + unshown[:, np.newaxis], seconds.shape)
    own = (seconds + OBSERVATION_S * PRIOR_RATE) / (spoken + OBSERVATION_S)
    is_bearer = seconds >= np.maximum(BEARER_SHARE * named, BEARER_RATE * spoken)
    # A name that is only held through the talk of all the others says nothing about them.
    counting = np.where(is_bearer, 0.0, spoken)
    is_held = (counting.sum(axis=0) - counting < OBSERVATION_S) & (begun < SHARED_BEGUN)
    is_shared = is_bearer & ~is_held
    others = (_of_others(seconds, is_bearer, is_shared) + OBSERVATION_S * PRIOR_RATE) / (
        _of_others(spoken, is_bearer, is_shared) + OBSERVATION_S
    )
    weight: Table = seconds / OBSERVATION_S * np.log(own / others)
    return weight


def _of_others(part: Table, is_bearer: NDArray[np.bool_], is_shared: NDArray[np.bool_]) -> Table:
    """Return each cell's sum over the others; where shared, over those who bear another name."""
    counting = np.where(is_bearer, 0.0, part)
    of_others: Table = np.where(
        is_shared, counting.sum(axis=0) - counting, part.sum(axis=0) - part
    )
    return of_others
