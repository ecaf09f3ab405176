"""Sixteen kinds of timeline of one meeting, from its reference turns; seeded.

Each kind is what some platform or recorder shows of a meeting, with that kind's errors. Times are
in seconds.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from audio.merge.values import TimelineEntry, Turn
from benchmarks.synthetic.conversations import Random

ROOM = "Meeting Room 4"
ROOM_PEOPLE = 3
SCREENSHOT_S = 5.0
# An active-speaker display changes to a person who talks for this long.
ACTIVE_AFTER_S = 0.8
CAPTION_S = 6.0
SCATTERED_S = 600.0


@dataclass(frozen=True, slots=True)
class Shown:
    """The entries of a timeline, and the names that are right for each person.

    A person without names is never shown.
    """

    entries: tuple[TimelineEntry, ...]
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    """How tiles light: uniform ranges in seconds, and probabilities per turn."""

    late: tuple[float, float] = (0.3, 1.5)
    held: tuple[float, float] = (0.3, 1.5)
    missing: float = 0.1
    wrong: float = 0.02
    several: float = 0.05
    short_missing: float = 0.3


Kind = Callable[[Sequence[Turn], Random], Shown]
PLAIN = Tiles()


def light(turns: Sequence[Turn], tiles: Tiles, random: Random) -> list[TimelineEntry]:
    """Return the entries of tiles that light while their person talks."""
    people = tuple(dict.fromkeys(turn.speaker for turn in turns))
    entries = []
    for turn in turns:
        missing = tiles.short_missing if turn.end - turn.start < 0.6 else tiles.missing
        if random.random() < missing:
            continue
        start = turn.start + float(random.uniform(*tiles.late))
        end = turn.end + tiles.late[0] + float(random.uniform(*tiles.held))
        if end <= start:
            continue
        wrong = random.random() < tiles.wrong
        name = str(random.choice(people)) if wrong else turn.speaker
        entries.append(TimelineEntry(start, end, name))
        if random.random() < tiles.several:
            entries.append(TimelineEntry(start, end, str(random.choice(people))))
    return entries


def _shown(turns: Sequence[Turn], entries: Sequence[TimelineEntry]) -> Shown:
    return Shown(tuple(entries), {turn.speaker: frozenset({turn.speaker}) for turn in turns})


def tiles(**changes: object) -> Kind:
    """Return a kind of tiles that light with these errors."""
    chosen = replace(PLAIN, **changes)  # type: ignore[arg-type]
    return lambda turns, random: _shown(turns, light(turns, chosen, random))


def moved(least: float, most: float) -> Kind:
    """Return a kind whose clock is off by a number of seconds within this range."""

    def kind(turns: Sequence[Turn], random: Random) -> Shown:
        shift = float(random.uniform(least, most))
        return _shown(turns, shifted(light(turns, PLAIN, random), shift))

    return kind


def shifted(entries: Sequence[TimelineEntry], seconds: float) -> list[TimelineEntry]:
    """Return the entries moved later by a number of seconds."""
    return [
        replace(entry, start=entry.start + seconds, end=entry.end + seconds) for entry in entries
    ]


def active_speaker(turns: Sequence[Turn], random: Random) -> Shown:
    """Show one person at a time: the one who began to talk last, through the silence after it."""
    return _shown(turns, _active(turns, random))


def own_tile_dark(turns: Sequence[Turn], random: Random) -> Shown:
    """Never light one person's tile, the recording user's: another's stays lit meanwhile."""
    unseen = str(random.choice(sorted({turn.speaker for turn in turns})))
    others = [turn for turn in turns if turn.speaker != unseen]
    shown = _shown(others, _active(others, random))
    return replace(shown, names={**shown.names, unseen: frozenset()})


def screenshots(turns: Sequence[Turn], random: Random) -> Shown:
    """Show what every fifth second shows, for five seconds."""
    lit = light(turns, PLAIN, random)
    last = max((turn.end for turn in turns), default=0.0)
    entries = [
        TimelineEntry(float(at), float(at) + SCREENSHOT_S, name)
        for at in np.arange(float(random.uniform(0, SCREENSHOT_S)), last, SCREENSHOT_S)
        for name in {entry.name: None for entry in lit if entry.start <= at < entry.end}
    ]
    return _shown(turns, entries)


def room(turns: Sequence[Turn], random: Random) -> Shown:
    """Show three people under the name of their room."""
    people = sorted({turn.speaker for turn in turns})
    inside = set(random.choice(people, min(ROOM_PEOPLE, len(people)), replace=False).tolist())
    lit = [
        replace(entry, name=ROOM) if entry.name in inside else entry
        for entry in light(turns, PLAIN, random)
    ]
    names = {one: frozenset({ROOM if one in inside else one}) for one in people}
    return Shown(tuple(lit), names)


def renamed(turns: Sequence[Turn], random: Random) -> Shown:
    """Change each person's name in the middle: `Ana`, then `Ana Ruiz (Acme)`."""
    middle = max((turn.end for turn in turns), default=0.0) * float(random.uniform(0.3, 0.7))
    return _read(turns, random, lambda entry: (entry.start >= middle, _short_or_long))


def misread(turns: Sequence[Turn], random: Random) -> Shown:
    """Read half of the names wrongly, as OCR does: `Ana Rulz`, `Ana Ru…`."""
    return _read(turns, random, lambda _: (bool(random.random() < 0.5), _misread))


def captions(turns: Sequence[Turn], random: Random) -> Shown:
    """Show captions: cues of at most 6 s, one to two seconds late, only of longer turns."""
    lit = light(turns, Tiles(late=(1.0, 2.0), held=(0.0, 0.5), short_missing=0.9), random)
    entries = []
    for entry in lit:
        starts = np.arange(entry.start, entry.end, CAPTION_S)
        entries += [
            replace(entry, start=float(start), end=min(float(start) + CAPTION_S, entry.end))
            for start in starts
        ]
    return _shown(turns, entries)


def half(turns: Sequence[Turn], random: Random) -> Shown:
    """Show only the first or the second half of the meeting."""
    middle = max((turn.end for turn in turns), default=0.0) / 2
    first = random.random() < 0.5
    lit = [entry for entry in light(turns, PLAIN, random) if (entry.start < middle) == first]
    return _shown(turns, lit)


def two_lit(turns: Sequence[Turn], random: Random) -> Shown:
    """Keep each tile lit until the next person's has been lit for a while."""
    lit = _active(turns, random)
    late = [replace(one, end=one.end + float(random.uniform(1.0, 4.0))) for one in lit]
    return _shown(turns, late)


def dealt(turns: Sequence[Turn], random: Random) -> Shown:
    """Deal names to the changes at random: nothing is right."""
    people = sorted({turn.speaker for turn in turns})
    lit = [replace(one, name=str(random.choice(people))) for one in light(turns, PLAIN, random)]
    return Shown(tuple(lit), {turn.speaker: frozenset() for turn in turns})


def scattered(turns: Sequence[Turn], random: Random) -> Shown:
    """Deal names and times at random, up to ten minutes before and after: nothing is right."""
    people = sorted({turn.speaker for turn in turns})
    first, last = -SCATTERED_S, max((turn.end for turn in turns), default=0.0) + SCATTERED_S
    count = random.poisson(float(random.uniform(5.0, 20.0)) * (last - first) / 60)
    starts = np.sort(random.uniform(first, last, count)).tolist()
    lit = [
        TimelineEntry(at, at + 0.3 + float(random.exponential(4.0)), str(random.choice(people)))
        for at in starts
    ]
    return Shown(tuple(lit), {turn.speaker: frozenset() for turn in turns})


def another(turns: Sequence[Turn], random: Random) -> Shown:
    """Show another meeting, whose turns these are; every other clock is up to ten minutes off."""
    seconds = float(random.uniform(-SCATTERED_S, SCATTERED_S)) * float(random.random() < 0.5)
    return Shown(tuple(shifted(light(turns, PLAIN, random), seconds)))


KINDS: dict[str, Kind] = {
    "tiles": tiles(),
    "tiles, noisy": tiles(missing=0.2, wrong=0.08, several=0.1),
    "half of the entries": tiles(missing=0.5),
    "wrong tiles": tiles(wrong=0.25),
    "several lit": tiles(several=0.4),
    "clock within 3 s": moved(-3.0, 3.0),
    "clock within 30 s": moved(-30.0, 30.0),
    "screenshots": screenshots,
    "active speaker": active_speaker,
    "two lit": two_lit,
    "own tile dark": own_tile_dark,
    "room": room,
    "renamed": renamed,
    "misread": misread,
    "captions": captions,
    "half of the meeting": half,
}
DEALT, SCATTERED, ANOTHER = "names at random", "names and times at random", "another meeting"
# Timelines of which no name is right.
UNRELATED: dict[str, Kind] = {DEALT: dealt, SCATTERED: scattered, ANOTHER: another}


def _active(turns: Sequence[Turn], random: Random) -> list[TimelineEntry]:
    changes: list[tuple[float, str]] = []
    latest: Turn | None = None
    for turn in turns:
        if turn.end - turn.start < ACTIVE_AFTER_S:
            continue
        changes.append((turn.start + ACTIVE_AFTER_S + float(random.uniform(0, 0.6)), turn.speaker))
        if latest is not None and latest.end > turn.end + 1.0:
            changes.append((turn.end + float(random.uniform(0.3, 1.0)), latest.speaker))
        else:
            latest = turn
    changes.sort()
    last = max((turn.end for turn in turns), default=0.0) + 1.0
    return [
        TimelineEntry(start, end, name)
        for (start, name), (end, _) in pairwise([*changes, (last, "")])
        if end > start
    ]


Reader = Callable[[str, bool, Random], str]


def _read(
    turns: Sequence[Turn],
    random: Random,
    choose: Callable[[TimelineEntry], tuple[bool, Reader]],
) -> Shown:
    entries, names = [], {turn.speaker: {turn.speaker} for turn in turns}
    for entry in light(turns, PLAIN, random):
        other, reader = choose(entry)
        reading = reader(entry.name, other, random)
        names[entry.name].add(reading)
        entries.append(replace(entry, name=reading))
    return Shown(tuple(entries), {one: frozenset(all_) for one, all_ in names.items()})


def _short_or_long(name: str, second: bool, random: Random) -> str:
    return f"{name} (Acme)" if second else name.split()[0]


def _misread(name: str, other: bool, random: Random) -> str:
    return str(random.choice([*_misreadings(name)])) if other else name


def _misreadings(name: str) -> Iterator[str]:
    yield f"{name[: len(name) - 2]}…"
    yield name.lower()
    yield name.replace("i", "l", 1) if "i" in name else name.replace("o", "0", 1)
    yield name.replace("n", "m", 1)
