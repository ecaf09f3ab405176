"""Timelines whose clock is off: levels of offset, pauses of the recording, and drift; seeded.

Times are in seconds. An offset is positive where the timeline is late.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from audio.merge.values import TimelineEntry, Turn
from benchmarks.synthetic.conversations import Random
from benchmarks.synthetic.timeline_kinds import PLAIN, Kind, Shown, light, shifted

PAUSE_S = (20.0, 300.0)
# A piece between two pauses is at least this share of the recording.
LEAST_PIECE = 0.15
DRIFT = 100e-6


def offset(least: float, most: float) -> Kind:
    """Return a kind that is early or late by an amount within this range."""

    def kind(turns: Sequence[Turn], random: Random) -> Shown:
        lit = light(turns, PLAIN, random)
        seconds = float(random.uniform(least, most)) * float(random.choice([-1.0, 1.0]))
        return _shown(turns, shifted(lit, seconds))

    return kind


def paused(count: int) -> Kind:
    """Return a kind of recordings that were paused this often, while the timeline went on."""

    def kind(turns: Sequence[Turn], random: Random) -> Shown:
        lit = light(turns, PLAIN, random)
        last = max((turn.end for turn in turns), default=0.0)
        cuts = np.sort(random.uniform(LEAST_PIECE, 1 - LEAST_PIECE, count)) * last
        lengths = random.uniform(*PAUSE_S, count)
        return _shown(turns, [_later(one, cuts, lengths) for one in lit])

    return kind


def drifting(turns: Sequence[Turn], random: Random) -> Shown:
    """Run the timeline's clock too fast or too slow by 100 ppm."""
    lit = light(turns, PLAIN, random)
    rate = 1 + DRIFT * float(random.choice([-1.0, 1.0]))
    return _shown(turns, [replace(one, start=one.start * rate, end=one.end * rate) for one in lit])


LEVELS: dict[str, Kind] = {
    "offset 0": offset(0.0, 0.0),
    "offset to 5 s": offset(0.0, 5.0),
    "offset to 60 s": offset(5.0, 60.0),
    "offset to 10 min": offset(60.0, 600.0),
    "1 pause": paused(1),
    "2 pauses": paused(2),
    "3 pauses": paused(3),
    "drift 100 ppm": drifting,
}


def _later(entry: TimelineEntry, cuts: np.ndarray, lengths: np.ndarray) -> TimelineEntry:
    """Move an entry by the pauses before its start, and its end by those before that."""
    start, end = (at + float(lengths[cuts <= at].sum()) for at in (entry.start, entry.end))
    return replace(entry, start=start, end=end)


def _shown(turns: Sequence[Turn], entries: Sequence[TimelineEntry]) -> Shown:
    return Shown(tuple(entries), {turn.speaker: frozenset({turn.speaker}) for turn in turns})
