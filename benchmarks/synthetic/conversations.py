"""Reference turns as hard as those of real meetings: drawn, or read from RTTM files; seeded.

One person has the floor and talks in turns of 1 to 40 s; the others say "mm-hm" meanwhile, begin
before the end, and talk at the same time. Times are in seconds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from audio.merge.intervals import edges, progress
from audio.merge.values import Turn

NAMES = (
    *("Ana Ruiz", "Ben Okoye", "Cleo Martin", "Dan Fischer", "Emma Brook", "Farid Haddad"),
    *("Grace Lindqvist", "Hugo Tanaka", "Ines Moreau", "Jonas Weber"),
)
SHORT_S = 1.0
Random = np.random.Generator


@dataclass(frozen=True, slots=True)
class Style:
    """How people talk: ``people`` is a range, lengths are medians in s, the rest probabilities.

    Source: two meetings of the AMI corpus and the published figures of VoxConverse; see
    docs/reference/figures-naming.md for how the drawn turns compare.
    """

    people: tuple[int, int]
    turn_s: float
    spread: float
    goes_on: float
    begins_early: float
    backchannels_a_minute: float
    even: float


MEETING = Style((3, 6), 3.6, 1.1, 0.4, 0.55, 11.0, 1.2)
BROADCAST = Style((3, 10), 7.0, 0.9, 0.5, 0.25, 1.5, 0.7)


def converse(style: Style, duration: float, random: Random) -> tuple[Turn, ...]:
    """Draw the turns of one conversation of this length; every other has one who talks half."""
    people = NAMES[: int(random.integers(style.people[0], style.people[1] + 1))]
    shares = random.dirichlet(np.full(len(people), style.even))
    if random.random() < 0.5:
        shares[0], shares[1:] = 0.5, shares[1:] / shares[1:].sum() / 2
    floor = list(_floor(style, people, shares / shares.sum(), duration, random))
    said = [*floor, *_backchannels(style, people, floor, duration, random)]
    return tuple(sorted(_apart(said), key=lambda turn: turn.start))


def read_reference(rttm: Path) -> tuple[Turn, ...]:
    """Read the turns of an RTTM file, with their people."""
    rows = [line.split() for line in rttm.read_text().splitlines()]
    turns = [
        Turn(float(row[3]), float(row[3]) + float(row[4]), row[7])
        for row in rows
        if len(row) > 7 and row[0] == "SPEAKER"
    ]
    return tuple(sorted(turns, key=lambda turn: turn.start))


def cut(turns: Sequence[Turn], start: float, duration: float) -> tuple[Turn, ...]:
    """Return the turns of one excerpt, which begins at 0."""
    inside = [turn for turn in turns if turn.end > start and turn.start < start + duration]
    return tuple(
        Turn(max(0.0, turn.start - start), min(turn.end - start, duration), turn.speaker)
        for turn in inside
    )


@dataclass(frozen=True, slots=True)
class Difficulty:
    """How hard turns are: per minute, in percent of the time of speech, or counts."""

    turns_a_minute: float
    short_turns: float
    overlap: float
    most: float
    people: float


def measure_difficulty(turns: Sequence[Turn]) -> Difficulty:
    """Measure the turns of one meeting: ``most`` is the share of the person who talks most."""
    starts, ends = edges(turns)
    knots, filled = progress(starts, ends)
    # Between two edges the sum grows as fast as people talk.
    active = np.rint(np.diff(filled) / np.maximum(np.diff(knots), 1e-9))
    speech = float(np.diff(knots)[active > 0].sum())
    seconds = dict.fromkeys(dict.fromkeys(turn.speaker for turn in turns), 0.0)
    for turn in turns:
        seconds[turn.speaker] += turn.end - turn.start
    return Difficulty(
        60 * len(turns) / float(ends.max() - starts.min()),
        100 * float(np.mean(ends - starts < SHORT_S)),
        100 * float(np.diff(knots)[active > 1].sum()) / speech,
        100 * max(seconds.values()) / sum(seconds.values()),
        len(seconds),
    )


def _floor(
    style: Style, people: Sequence[str], shares: np.ndarray, duration: float, random: Random
) -> Iterator[Turn]:
    now, person = float(random.uniform(0.0, 3.0)), int(random.choice(len(people), p=shares))
    while now < duration:
        length = float(style.turn_s * np.exp(random.normal(0.0, style.spread)))
        end = now + min(max(length, 0.3), 40.0)
        yield Turn(now, min(end, duration), people[person])
        if random.random() < style.goes_on:
            now = end + float(random.exponential(1.2)) + 0.3
            continue
        person = int(random.choice(len(people), p=shares))
        early = random.random() < style.begins_early
        pause = -random.exponential(2.5) if early else random.exponential(0.9)
        now = max(now + 0.3, end + float(pause))


def _backchannels(
    style: Style, people: Sequence[str], floor: Sequence[Turn], duration: float, random: Random
) -> Iterator[Turn]:
    for _ in range(random.poisson(style.backchannels_a_minute * duration / 60)):
        under = floor[int(random.integers(len(floor)))]
        others = [person for person in people if person != under.speaker]
        start = float(random.uniform(under.start, under.end))
        length = min(0.15 + float(random.exponential(0.6)), 4.0)
        yield Turn(start, min(start + length, duration), others[int(random.integers(len(others)))])


def _apart(said: Sequence[Turn]) -> Iterator[Turn]:
    """Yield the turns without the time in which the same person talks already."""
    for person in dict.fromkeys(turn.speaker for turn in said):
        own = sorted((turn for turn in said if turn.speaker == person), key=lambda t: t.start)
        yield from own[:1]
        latest = own[0].end
        for _, turn in pairwise(own):
            start = max(turn.start, latest + 0.05)
            if turn.end > start + 0.1:
                yield Turn(start, turn.end, person)
            latest = max(latest, turn.end)
