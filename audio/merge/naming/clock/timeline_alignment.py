"""A timeline in the time of the recording, with one name for each person.

Conventions
-----------
Times are in seconds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from audio.merge.intervals import Timed, edges
from audio.merge.naming.clock.offset_search import CHANGE_NATS, measure_information
from audio.merge.naming.clock.timeline_clock import (
    Clock,
    estimate_clock,
    follow_chance,
    move_entries,
)
from audio.merge.naming.joint_table import Course, Spans, course, joint_table, overlap_table
from audio.merge.naming.readings.name_readings import join_readings, rename
from audio.merge.values import ZERO_KNOWN, KnownClock, TimelineEntry, Turn


@dataclass(frozen=True, slots=True)
class AlignedTimeline:
    """The entries of a timeline in the recording's time, under one name for each person.

    ``clock`` is what was found, None without entries that count. ``readings`` are the other
    readings of a name.
    """

    entries: tuple[TimelineEntry, ...]
    clock: Clock | None = None
    readings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def joined(self) -> int:
        """How many readings were taken for another reading of the same person."""
        return sum(map(len, self.readings.values()))


def align_timeline(
    speakers: Sequence[str],
    turns: Sequence[Turn],
    entries: Sequence[TimelineEntry],
    *,
    known: Iterable[str] = (),
    present: Iterable[str] = (),
    known_clock: KnownClock = ZERO_KNOWN,
) -> AlignedTimeline:
    """Join the readings of each name, and move the entries into the recording's time.

    Parameters
    ----------
    speakers
        Every speaker of ``turns``.
    turns, entries
        In any order, in seconds. Blank names and entries without length do not count.
    known, present
        Names as the caller or the library spells them, and those of people who take part: see
        `join_readings`.
    known_clock
        Facts about the timeline's clock: its zero, and its anchors.

    Returns
    -------
    AlignedTimeline
        Unchanged entries where none of them counts.

    Raises
    ------
    ValueError
        When a time is not finite.

    """
    counting = [entry for entry in entries if entry.name.strip() and entry.end > entry.start]
    edges(entries)
    if not counting:
        return AlignedTimeline(tuple(entries))
    known, present = tuple(known), tuple(present)
    speech = course(*spans_of(turns, [turn.speaker for turn in turns], speakers), len(speakers))
    first = join_readings(counting, known=known, present=present)
    clock = estimate_clock(speech, _course_of(first.entries), known_clock=known_clock)
    joined = join_readings(
        move_entries(counting, clock), turns=turns, known=known, present=present
    )
    if joined.joined != first.joined:
        shown = _course_of(rename(counting, joined.names))
        clock = replace(clock, chance=follow_chance(speech, shown, clock))
    return AlignedTimeline(joined.entries, clock, joined.readings)


def spans_of(items: Sequence[Timed], labels: Sequence[str], among: Sequence[str]) -> Spans:
    """Return the items with a length and one of the labels, whose indices are the groups."""
    starts, ends = edges(items)
    index = {label: at for at, label in enumerate(among)}
    groups = np.array([index.get(label, -1) for label in labels], dtype=np.intp)
    counting = (ends > starts) & (groups >= 0)
    return starts[counting], ends[counting], groups[counting]


def _course_of(entries: Sequence[TimelineEntry]) -> Course:
    labels = [entry.name.strip() for entry in entries]
    names = tuple(dict.fromkeys(labels))
    return course(*spans_of(entries, labels, names), len(names))


def join_devices(
    speakers: Sequence[str],
    turns: Sequence[Turn],
    entries: Sequence[TimelineEntry],
    devices: Mapping[str, str],
    *,
    known_clock: KnownClock = ZERO_KNOWN,
) -> tuple[TimelineEntry, ...]:
    """Give a person's second device the person's name, where both are shown for one speaker.

    Parameters
    ----------
    speakers
        Every speaker of ``turns``.
    turns, entries
        In any order, in seconds; the entries by the timeline's own clock.
    devices
        The ``person`` of entries that may be a second device, and whose it may be.
    known_clock
        Facts about the timeline's clock: its zero, and its anchors.

    Returns
    -------
    tuple of TimelineEntry
        In their order. A device is joined where it and the other one are shown for most of their
        time during the turns of the same speaker.

    Raises
    ------
    ValueError
        When a time is not finite.

    """
    aligned = align_timeline(speakers, turns, entries, known_clock=known_clock).entries
    people = tuple(dict.fromkeys(entry.person for entry in aligned))
    seconds = overlap_table(
        spans_of(turns, [turn.speaker for turn in turns], speakers),
        spans_of(aligned, [entry.person for entry in aligned], people),
        (len(speakers), len(people)),
    )
    main = {
        person: int(np.argmax(column))
        for person, column in zip(people, seconds.T, strict=True)
        if column.size and 0 < column.sum() <= 2 * column.max()
    }
    same = {
        second: first
        for second, first in devices.items()
        if second in main and main[second] == main.get(first)
    }
    return tuple(
        replace(entry, name=same[entry.person], person=same[entry.person])
        if entry.person in same
        else entry
        for entry in entries
    )


def most_probable_timeline(
    speakers: Sequence[str],
    turns: Sequence[Turn],
    timelines: Sequence[tuple[Sequence[TimelineEntry], KnownClock]],
) -> int:
    """Return which of several timelines says most about the speakers, each at its own offset.

    Parameters
    ----------
    speakers
        Every speaker of ``turns``.
    turns
        In any order, in seconds.
    timelines
        The entries of each, in any order, in seconds by its own clock; and the facts
        about that clock.

    Returns
    -------
    int
        The index; the first one in the case of a tie. A pause that only the clock found counts
        against a timeline.

    Raises
    ------
    ValueError
        When a time is not finite, or there is no timeline.

    """
    speech = course(*spans_of(turns, [turn.speaker for turn in turns], speakers), len(speakers))
    nats = []
    for entries, known_clock in timelines:
        aligned = align_timeline(speakers, turns, entries, known_clock=known_clock)
        table = joint_table(speech, _course_of(aligned.entries))
        changes = len(aligned.clock.pieces) - 1 if aligned.clock else 0
        nats.append(measure_information(table[:, :-1]) - CHANGE_NATS * changes)
    return int(np.argmax(nats))
