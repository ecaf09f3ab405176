"""What a visual timeline says about every name of every speaker.

Conventions
-----------
Times in seconds; tables have the shape ``(speakers, names)``. Weights of evidence are log
likelihood ratios in nats (Good, Weight of evidence: a brief survey, 1985).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from audio.merge.intervals import Timed, edges
from audio.merge.naming.clock import OBSERVATION_S, Clock, estimate_clock
from audio.merge.naming.joint_table import Spans, Table, course, joint_table, overlap_table
from audio.merge.values import TimelineEntry, Turn

# Time in which several talk or several names are lit counts this much of exclusive time. In the
# simulator's recordings of a minute 0 and 1 name more wrongly, 0.3 names up to 1.5 points less.
SHARED_TIME = 0.1
# A rate of light is smoothed as if one observation more had been seen, lit one time in ten. From
# 0.03 to 0.3 the simulator's figures are the same within 0.2 points.
PRIOR_RATE = 0.1


@dataclass(frozen=True, slots=True)
class Timeline:
    """What the visual timeline says.

    ``exclusive`` are seconds, ``weight`` nats, ``seconds`` the exclusive seconds and a little of
    the others; of shape ``(speakers, names)``. ``clock`` is None for no hints.
    """

    names: tuple[str, ...]
    exclusive: Table
    seconds: Table
    weight: Table
    clock: Clock | None


def read_timeline(
    speakers: Sequence[str], turns: Sequence[Turn], entries: Sequence[TimelineEntry]
) -> Timeline:
    """Tell what the visual timeline says about every name of every speaker.

    Its clock's offset is estimated and taken out first. The weight of a name is its time, in
    observations, times the log of how much oftener it is lit while this speaker talks than while
    the others do; silent tiles count as being lit for nobody.

    Parameters
    ----------
    speakers
        The rows, among them every speaker of ``turns``.
    turns, hints
        In any order, in seconds. Blank names and hints without length do not count.

    Returns
    -------
    Timeline
        Without names for no hints that count.

    Raises
    ------
    ValueError
        When a time is not finite.

    """
    talk = _lasting(turns, [turn.speaker for turn in turns], speakers)
    labels = [entry.name.strip() for entry in entries]
    counting = [entry for entry in entries if entry.name.strip() and entry.end > entry.start]
    names = tuple(dict.fromkeys(entry.name.strip() for entry in counting))
    lit = _lasting(entries, labels, names)
    shape = (len(speakers), len(names))
    if not names:
        return Timeline((), np.zeros(shape), np.zeros(shape), np.zeros(shape), None)
    talking, shown = course(*talk, len(speakers)), course(*lit, len(names))
    clock = estimate_clock(talking, shown)
    table = joint_table(talking, shown, clock.offset_s)
    exclusive = table[:, :-1]
    shared = overlap_table(talk, lit, shape, clock.offset_s) - exclusive
    seconds = exclusive + SHARED_TIME * np.maximum(shared, 0.0)
    return Timeline(names, exclusive, seconds, _weight(seconds, table[:, -1]), clock)


def _lasting(items: Sequence[Timed], labels: Sequence[str], among: Sequence[str]) -> Spans:
    """Return the items that have a length and one of these labels, whose places are the groups."""
    starts, ends = edges(items)
    place = {label: at for at, label in enumerate(among)}
    places = np.array([place.get(label, -1) for label in labels], dtype=np.intp)
    counting = (ends > starts) & (places >= 0)
    return starts[counting], ends[counting], places[counting]


def _weight(seconds: Table, unlit: Table) -> Table:
    """Return nats: seconds in observations times the log of two smoothed rates' ratio."""
    spoken = seconds.sum(axis=1, keepdims=True) + unlit[:, np.newaxis]
    own = (seconds + OBSERVATION_S * PRIOR_RATE) / (spoken + OBSERVATION_S)
    others = (seconds.sum(axis=0) - seconds + OBSERVATION_S * PRIOR_RATE) / (
        spoken.sum() - spoken + OBSERVATION_S
    )
    weight: Table = seconds / OBSERVATION_S * np.log(own / others)
    return weight
