"""The readings of one person's name in a timeline, and the one that answers bear.

Conventions
-----------
Times are in seconds. Ids decide before names: entries whose ``person`` differs are never joined.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from audio.merge.naming.readings.name_forms import read_form
from audio.merge.naming.readings.people_shown import People, Person, Reading
from audio.merge.values import TimelineEntry, Turn


@dataclass(frozen=True, slots=True)
class JoinedTimeline:
    """A timeline with one name for each person.

    ``readings`` are the other readings of a name, by name, in the order of their first entries;
    names without another reading are missing. ``names`` has the name of each reading, by the
    pair of an entry's ``name`` and ``person``.
    """

    entries: tuple[TimelineEntry, ...]
    readings: Mapping[str, tuple[str, ...]]
    names: Mapping[Reading, str]

    @property
    def joined(self) -> int:
        """How many readings were taken for another reading of the same person."""
        return sum(map(len, self.readings.values()))


def join_readings(
    entries: Sequence[TimelineEntry],
    *,
    turns: Sequence[Turn] = (),
    known: Iterable[str] = (),
    present: Iterable[str] = (),
) -> JoinedTimeline:
    """Give every entry the fullest reading of its person's name.

    Two readings are one person's where (1) they differ in case, spaces, punctuation and brackets
    only; (2) one is the cut beginning of exactly one other name; (3) one is a single word, and the
    first word of exactly one longer name; (4) they are alike (`are_alike`) and the rarer one is
    shown mostly during the turns of the speaker of the commoner one. Never joined are names shown
    together for more than 0.5 s in all, two organisations in brackets under one name except by
    (4), and entries of different ``person``. Two readings shown for the same speaker for over
    10 s each may be together for a tenth of a second more for each further second.

    The fullest reading has most words outside brackets, then most time, then the first entry; a
    form in one case, with a cut end or with brackets only where no other has none.

    Parameters
    ----------
    entries
        In any order. Blank names are never joined.
    turns
        The diarizer's turns, in the time of the entries; without them step 4 is left out.
    known
        Names as the caller or the library spells them: a name with equal key is answered so.
    present
        Names of people known to take part, which steps 2 and 3 may join with; they are answered as
        spelled here.

    Returns
    -------
    JoinedTimeline
        The entries in their order.

    Raises
    ------
    ValueError
        When a time is not finite.

    Examples
    --------
    >>> shown = [TimelineEntry(0, 9, "ana ruiz"), TimelineEntry(9, 12, "Ana"),
    ...          TimelineEntry(12, 15, "Ana Ruiz")]
    >>> join_readings(shown).readings
    {'Ana Ruiz': ('ana ruiz', 'Ana')}

    """
    people = People(entries, present)
    people.join_equal()
    people.join_shorter()
    if turns:
        people.join_alike(turns)
        people.join_equal()
        people.join_shorter()
    names = _answers(people, known)
    return JoinedTimeline(rename(entries, names), _other_readings(names), names)


def rename(
    entries: Iterable[TimelineEntry], names: Mapping[Reading, str]
) -> tuple[TimelineEntry, ...]:
    """Replace each entry's name by the one of its reading; blank names are unchanged."""
    return tuple(
        entry
        if (name := names.get((entry.name, entry.person), entry.name)) == entry.name
        else replace(entry, name=name)
        for entry in entries
    )


def _answers(people: People, known: Iterable[str]) -> dict[Reading, str]:
    """Return the name that each reading is answered with; two people's names differ."""
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for name in dict.fromkeys(known):
        keys[read_form(name).key].append(name)
    chosen = [_spelled(person, keys) or _fullest(person, people) for person in people.people]
    taken: set[str] = set()
    answers: dict[Reading, str] = {}
    # Of people without ids the one who is shown longest has the name without a number.
    for at in sorted(range(len(chosen)), key=lambda at: _precedence(people.people[at])):
        person, name = people.people[at], chosen[at]
        numbered = (f"{name} ({number})" for number in count(2))
        free = name if name not in taken else next(one for one in numbered if one not in taken)
        taken.add(free)
        answers.update(dict.fromkeys(person.readings, free))
    return answers


def _precedence(person: Person) -> float:
    return -math.inf if person.ids or person.spelled else -person.seconds


def _spelled(person: Person, keys: Mapping[str, list[str]]) -> str:
    """Return the name as the library spells it, empty unless exactly one known name is equal."""
    if person.spelled:
        return person.spelled
    found = {name for form in person.forms for name in keys.get(form.key, ())}
    exact = found & {text for text, _ in person.readings}
    return min(exact) if len(exact) == 1 else next(iter(found)) if len(found) == 1 else ""


def _fullest(person: Person, people: People) -> str:
    def rank(reading: Reading) -> tuple[object, ...]:
        form = read_form(reading[0])
        return (
            reading in person.alike,
            form.is_cut,
            form.has_one_case,
            -len(form.words),
            form.has_brackets,
            -people.seconds[reading],
        )

    return min(person.readings, key=rank)[0].strip()


def _other_readings(names: Mapping[Reading, str]) -> dict[str, tuple[str, ...]]:
    others: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for (text, _), name in names.items():
        if text.strip() != name:
            others[name][text.strip()] = None
    return {name: tuple(readings) for name, readings in others.items()}
