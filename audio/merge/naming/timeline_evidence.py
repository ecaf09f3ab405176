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
from audio.merge.naming.joint_table import Spans, Table, course, joint_table, overlap_table
from audio.merge.naming.offset_search import OBSERVATION_S
from audio.merge.naming.timeline_alignment import spans_of
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


@dataclass(frozen=True, slots=True)
class Timeline:
    """The evidence of a visual timeline, in tables of shape ``(speakers, names)``.

    ``exclusive`` are seconds, ``seconds`` the exclusive ones and a fraction of the others,
    ``weight`` nats. ``rooms``, of shape ``(names,)``, are the names that several people bear.
    ``begun`` compares a speaker's share of the beginnings of a name's lit runs with the speaker's
    share of all its lit time: about 1 for the person's own speaker, near 0 where the display is
    only held.
    """

    names: tuple[str, ...]
    exclusive: Table
    seconds: Table
    weight: Table
    rooms: NDArray[np.bool_]
    begun: Table


def read_timeline(
    speakers: Sequence[str], turns: Sequence[Turn], entries: Sequence[TimelineEntry]
) -> Timeline:
    """Measure the evidence of a visual timeline for every name of every speaker.

    The weight of a name is its time, in
    observations, times the log of the ratio of two rates: how often the name is shown while this
    speaker talks, and how often while the others do. Speech while no name is shown counts too.

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
        )
    table = joint_table(course(*speech, len(speakers)), course(*shown, len(names)))
    exclusive = table[:, :-1]
    lit = overlap_table(speech, shown, shape)
    shared = lit - exclusive
    seconds = exclusive + SHARED_TIME * np.maximum(shared, 0.0)
    rooms = {entry.name.strip() for entry in counting if entry.room}
    return Timeline(
        names,
        exclusive,
        seconds,
        _weight(seconds, table[:, -1]),
        np.array([name in rooms for name in names], dtype=np.bool_),
        _begun(lit, overlap_table(speech, _beginnings(*shown), shape)),
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


def _weight(seconds: Table, unshown: Table) -> Table:
    """Return nats: the seconds in observations, times the log ratio of two smoothed rates."""
    spoken = seconds.sum(axis=1, keepdims=True) + unshown[:, np.newaxis]
    own = (seconds + OBSERVATION_S * PRIOR_RATE) / (spoken + OBSERVATION_S)
    others = (seconds.sum(axis=0) - seconds + OBSERVATION_S * PRIOR_RATE) / (
        spoken.sum() - spoken + OBSERVATION_S
    )
    weight: Table = seconds / OBSERVATION_S * np.log(own / others)
    return weight
