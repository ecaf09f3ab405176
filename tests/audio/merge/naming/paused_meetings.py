"""Meetings of a few people whose turns are known, and timelines that were recorded with pauses."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from audio.merge.naming.evidence import Naming, name_by_evidence
from audio.merge.values import NO_VOICES, Diarization, KnownClock, TimelineEntry, Turn

PEOPLE = {"Speaker_0": "Ann", "Speaker_1": "Bob", "Speaker_2": "Cleo", "Speaker_3": "Dan"}
LATE_S = 0.5


def drawn_turns(length_s: float, seed: int = 1) -> list[Turn]:
    """Draw turns of 4 s on average, by four people, with pauses of half a second."""
    random = np.random.default_rng(seed)
    now, label, turns = 0.0, "", []
    while now < length_s:
        label = str(random.choice([one for one in PEOPLE if one != label]))
        end = min(length_s, now + 1.0 + float(random.exponential(3.0)))
        turns.append(Turn(now, end, label))
        now = end + 0.5
    return turns


def shown(
    turns: Sequence[Turn], *, offset: float = 0.0, drift: float = 0.0
) -> list[TimelineEntry]:
    """Return the timeline of the turns, half a second late, and moved by an offset."""
    return [
        TimelineEntry(
            one.start * (1 + drift) + LATE_S + offset,
            one.end * (1 + drift) + LATE_S + offset,
            PEOPLE[one.speaker],
        )
        for one in turns
    ]


def recorded(turns: Sequence[Turn], pauses: Sequence[tuple[float, float]]) -> list[Turn]:
    """Return the turns in the time of a recording that was paused from each start to its end."""
    edges = [0.0, *(edge for pause in pauses for edge in pause), float("inf")]
    kept, hidden = [], 0.0
    for at, (start, end) in enumerate(pairwise(edges)):
        if at % 2:
            hidden += end - start
            continue
        kept += [
            replace(one, start=max(one.start, start) - hidden, end=min(one.end, end) - hidden)
            for one in turns
            if min(one.end, end) > max(one.start, start)
        ]
    return kept


def named(
    turns: Sequence[Turn],
    entries: Sequence[TimelineEntry],
    known_clock: KnownClock | None = None,
) -> Naming:
    """Name the speakers by rule `evidence`."""
    diarization = Diarization(tuple(turns), tuple(PEOPLE))
    return name_by_evidence(
        diarization, entries, NO_VOICES, known_clock=known_clock or KnownClock()
    )


def names_of(naming: Naming) -> dict[str, str]:
    """Return the name of each speaker."""
    return {one.speaker: one.name for one in naming.speakers}


def pieces_of(naming: Naming) -> list[tuple[float, float]]:
    """Return start and offset of each piece; the first one starts at 0."""
    assert naming.timeline is not None
    assert naming.timeline.clock is not None
    return [(max(0.0, one.from_s), one.offset_s) for one in naming.timeline.clock.pieces]
