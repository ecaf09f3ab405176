"""The people of an export: names and identifiers that belong to one person.

The readings of one name without any identifier are joined later, by the merge core.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from audio.merge.name_spelling import name_key
from audio.timelines.badges import fullest
from audio.timelines.export import Entry, Stay

# A stay that begins less than this after the end of another one is no second device.
NOISE_S = 0.001


@dataclass(slots=True)
class _Person:
    """The entries of one identifier."""

    is_account: bool
    sessions: set[str] = field(default_factory=set)
    at: list[int] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    stretches: list[tuple[float, float]] = field(default_factory=list)

    def name(self) -> str:
        """Return the fullest of the person's names, the longest shown first."""
        return fullest(sorted(self.seconds, key=lambda name: -self.seconds[name]))

    def overlaps(self, other: "_Person") -> bool:
        """Return whether the two are in the meeting at the same time."""
        return any(
            start < other_end - NOISE_S and other_start < end - NOISE_S
            for start, end in self.stretches
            for other_start, other_end in other.stretches
        )

    def add(self, other: "_Person") -> None:
        """Add the entries of another session of the same person."""
        self.is_account |= other.is_account
        self.sessions |= other.sessions
        self.at += other.at
        self.stretches += other.stretches
        for name, seconds in other.seconds.items():
            self.seconds[name] += seconds


@dataclass(frozen=True, slots=True)
class Identified:
    """The entries, each with the one name of its person.

    `devices` has the names of people without an account that may be a second device of another
    one, whose name it leads to: two sessions with one name at the same time.
    """

    entries: tuple[Entry, ...]
    devices: Mapping[str, str]


def identify(entries: Sequence[Entry], stays: Iterable[Stay] = ()) -> Identified:
    """Give each entry the one name of its person.

    One account, or one session, is one person under all its names. Two accounts with one name are
    two people: `Ana Ruiz` and `Ana Ruiz (2)`, numbered by their first entries. Two sessions
    without an account and with one name are one person who joined again, unless their stretches
    (join to leave, else first to last entry) overlap. Entries without an identifier stay as they
    are.

    Parameters
    ----------
    entries
        In seconds; a missing end counts as the start.
    stays
        From join to leave of the sessions.
    """
    people = _rejoined(_by_identifier(entries), stays, entries)
    names: dict[int, str] = {}
    devices: dict[str, str] = {}
    for person, name in _numbered(people):
        names.update((at, name) for at in person.at)
        if name != person.name() and not person.is_account:
            devices[name] = person.name()
    named = tuple(
        replace(entry, name=names[at]) if names.get(at, entry.name) != entry.name else entry
        for at, entry in enumerate(entries)
    )
    return Identified(named, devices)


def _by_identifier(entries: Sequence[Entry]) -> list[_Person]:
    """Return a person for each account, and for each session without one."""
    accounts: Mapping[str, str] = {
        entry.session_id: entry.stable_id
        for entry in entries
        if entry.stable_id and entry.session_id
    }
    people: dict[tuple[str, str], _Person] = {}
    for at, entry in enumerate(entries):
        account = entry.stable_id or accounts.get(entry.session_id, "")
        if not account and not entry.session_id:
            continue
        key = ("account", account) if account else ("session", entry.session_id)
        person = people.setdefault(key, _Person(is_account=bool(account)))
        person.at.append(at)
        person.sessions.add(entry.session_id)
        person.seconds[entry.name] += (entry.end or entry.start) - entry.start
    return list(people.values())


def _rejoined(
    people: Sequence[_Person], stays: Iterable[Stay], entries: Sequence[Entry]
) -> list[_Person]:
    """Join the sessions of one name whose stretches do not overlap."""
    stayed = {stay.session_id: stay for stay in stays if stay.session_id}
    found: list[_Person] = []
    by_name: dict[str, list[_Person]] = defaultdict(list)
    for person in people:
        person.stretches = _stretches(person, stayed, entries)
        same = by_name[name_key(person.name())]
        earlier = next((one for one in same if _is_same(one, person)), None)
        if earlier is None:
            same.append(person)
            found.append(person)
        else:
            earlier.add(person)
    return found


def _is_same(one: _Person, other: _Person) -> bool:
    return not (one.is_account and other.is_account) and not one.overlaps(other)


def _stretches(
    person: _Person, stays: Mapping[str, Stay], entries: Sequence[Entry]
) -> list[tuple[float, float]]:
    own = [entries[at] for at in person.at]
    first = min(entry.start for entry in own)
    last = max(entry.end if entry.end is not None else entry.start for entry in own)
    known = [stays[session] for session in person.sessions if session in stays]
    if not known:
        return [(first, last)]
    return [
        (stay.start, max(last, stay.start) if stay.end is None else stay.end) for stay in known
    ]


def _numbered(people: Sequence[_Person]) -> list[tuple[_Person, str]]:
    """Return each person's name; from the second of a name on, with a number."""
    taken = {person.name() for person in people}
    counts: dict[str, int] = defaultdict(int)
    named = []
    for person in sorted(people, key=lambda one: min(one.at)):
        name = person.name()
        key = name_key(name)
        counts[key] += 1
        numbered = name
        while counts[key] > 1 and (numbered == name or numbered in taken):
            numbered = f"{name} ({counts[key]})"
            counts[key] += numbered in taken
        taken.add(numbered)
        named.append((person, numbered))
    return named
