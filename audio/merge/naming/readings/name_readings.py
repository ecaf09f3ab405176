"""The readings of one person's name in a timeline, and the one that answers bear.

Conventions
-----------
Times are in seconds. Ids decide before names: entries whose ``person`` differs are never joined.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from audio.merge.intervals import NOISE_S, Times, edges, overlap, progress, union
from audio.merge.naming.readings.name_forms import NameForm, are_alike, read_form
from audio.merge.values import TimelineEntry, Turn

# Names that are lit at the same time for longer than this are two people. Source: the
# specification of naming.
TOGETHER_S = 0.5
# A display that is held while the next begins adds up in long recordings: where two readings are
# shown for one speaker, each second beyond 10 s of the rarer one allows a tenth of a second. In
# drawn recordings of 1 h the readings of one person are together for 4 % of the rarer one's time
# or less in nine of ten pairs; this names 90 % of the speech rightly, without it 59 %.
TOGETHER_SHARE, TOGETHER_FROM_S = 0.1, 10.0
# A name is a speaker's if this share of its time is in that speaker's turns: a diarizer that
# split the person leaves less than half. In drawn recordings of 5 min 0.5 names 83.5 % of
# misread names rightly, 0.4 and 0.25 85.1 %.
MAIN_SHARE = 0.4
# The letters that a cut name needs: "Em…" says too little.
CUT_LETTERS = 3
# A rarer form is compared with this many of the commonest forms of its speaker.
COMPARED_FORMS = 20
COMPARED_READINGS = 4
Reading = tuple[str, str]


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
    people = _People(entries, present)
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


@dataclass(slots=True)
class _Person:
    """Forms that are one person's: those of ``main`` decide what the person is called."""

    readings: list[Reading]
    starts: Times
    ends: Times
    ids: set[str]
    spelled: str = ""
    alike: set[Reading] = field(default_factory=set)
    speaker: int = -1
    joined_to: "_Person | None" = None

    @property
    def forms(self) -> list[NameForm]:
        return [read_form(text) for text, _ in self.readings]

    @property
    def main_forms(self) -> list[NameForm]:
        return [read_form(text) for text, _ in self.readings[:COMPARED_READINGS]]

    @property
    def seconds(self) -> float:
        return float(np.sum(self.ends - self.starts))

    @property
    def now(self) -> "_Person":
        """The person that this one was joined to, else itself."""
        return self if self.joined_to is None else self.joined_to.now


class _People:
    """The people of a timeline, while their readings are joined."""

    def __init__(self, entries: Sequence[TimelineEntry], present: Iterable[str]) -> None:
        starts, ends = edges(entries)
        rows: defaultdict[Reading, list[int]] = defaultdict(list)
        for row, entry in enumerate(entries):
            if entry.name.strip():
                rows[entry.name, entry.person].append(row)
        self.seconds: dict[Reading, float] = {}
        self.people: list[_Person] = []
        for reading, at in rows.items():
            spans = union(starts[at], np.maximum(starts[at], ends[at]), np.zeros(len(at), np.intp))
            person = _Person([reading], spans[0], spans[1], {reading[1]} - {""})
            self.seconds[reading] = person.seconds
            self.people.append(person)
        nothing = np.empty(0)
        for name in dict.fromkeys(name.strip() for name in present):
            if name:
                self.people.append(_Person([(name, "")], nothing, nothing, set(), name))
                self.seconds.setdefault((name, ""), 0.0)

    def join_equal(self) -> None:
        """Join the readings with equal keys, of one organisation or none."""
        by_key: defaultdict[str, list[_Person]] = defaultdict(list)
        for person in self.people:
            by_key[person.forms[0].key].append(person)
        for same in by_key.values():
            organisations = {one.forms[0].organisation for one in same} - {""}
            by_name: defaultdict[str, list[_Person]] = defaultdict(list)
            for one in same:
                # Without a bracket a name belongs to the only organisation there is.
                own = one.forms[0].organisation
                by_name[min(organisations) if len(organisations) == 1 else own].append(one)
            for readings in by_name.values():
                self._join_all(readings)
        self._drop_joined()

    def join_shorter(self) -> None:
        """Join cut names, then first names alone, with the only person they can be."""
        uncut = self._uncut_keys()
        for person in self.people:
            if all(form.is_cut for form in person.forms):
                self._join_only(person, _longer_than(person, uncut))
        self._drop_joined()
        by_first = self._by_first_word()
        for person in self.people:
            keys = {form.key for form in person.forms if not form.is_cut}
            if keys and all(len(key.split()) == 1 for key in keys):
                longer = [one for key in keys for one in by_first.get(key, ())]
                self._join_only(person, longer)
        self._drop_joined()

    def join_alike(self, turns: Sequence[Turn]) -> None:
        """Join the forms that are alike and shown during the turns of one speaker."""
        by_speaker: defaultdict[int, list[_Person]] = defaultdict(list)
        for person, speaker in zip(self.people, self._speakers(turns), strict=True):
            person.speaker = speaker
            if speaker >= 0:
                by_speaker[speaker].append(person)
        for shown in by_speaker.values():
            shown.sort(key=lambda one: -one.seconds)
            commoner: list[_Person] = []
            for person in shown:
                found = (one for one in commoner if _are_alike(one, person))
                like = next((one for one in found if self._are_joinable(one, person)), None)
                if like is not None:
                    like.alike.update(person.readings)
                    self._join(like, person)
                elif len(commoner) < COMPARED_FORMS:
                    commoner.append(person)
        self._drop_joined()

    def _uncut_keys(self) -> list[tuple[str, int, "_Person"]]:
        return sorted(
            (key, at, person)
            for at, person in enumerate(self.people)
            for key in {form.key for form in person.forms if not form.is_cut}
        )

    def _by_first_word(self) -> dict[str, list[_Person]]:
        people: defaultdict[str, list[_Person]] = defaultdict(list)
        for person in self.people:
            longer = [
                form.words
                for form in person.forms
                if len(form.words) > 1 and not form.is_cut and not form.words[1].isdigit()
            ]
            for first in dict.fromkeys(words[0] for words in longer):
                people[first].append(person)
        return people

    def _join_only(self, person: _Person, longer: Sequence[_Person]) -> None:
        found = {id(one.now): one.now for one in longer}
        others = [one for one in found.values() if one is not person.now]
        if len(others) == 1:
            self._join(others[0], person)

    def _speakers(self, turns: Sequence[Turn]) -> list[int]:
        """Return the speaker during whose turns each person is mostly shown, -1 without one."""
        labels = {label: at for at, label in enumerate(dict.fromkeys(t.speaker for t in turns))}
        starts, ends = edges(turns)
        owners = np.array([labels[turn.speaker] for turn in turns], dtype=np.intp)
        sizes = [len(person.starts) for person in self.people]
        on = np.concatenate([person.starts for person in self.people])
        off = np.concatenate([person.ends for person in self.people])
        owner_of_span = np.repeat(np.arange(len(sizes)), sizes)
        seconds = np.zeros((len(self.people), len(labels)))
        for at in range(len(labels)):
            filled = progress(starts[owners == at], np.maximum(starts, ends)[owners == at])
            covered = np.interp(off, *filled) - np.interp(on, *filled)
            seconds[:, at] = np.bincount(owner_of_span, covered, minlength=len(sizes))
        return _main_speakers(seconds)

    def _join(self, one: _Person, other: _Person) -> None:
        if not self._are_joinable(one, other):
            return
        one.readings += other.readings
        one.ids |= other.ids
        one.spelled = one.spelled or other.spelled
        one.alike |= other.alike
        one.starts, one.ends, _ = union(
            np.concatenate((one.starts, other.starts)),
            np.concatenate((one.ends, other.ends)),
            np.zeros(len(one.starts) + len(other.starts), np.intp),
        )
        other.joined_to = one

    def _join_all(self, readings: Sequence[_Person]) -> None:
        apart: list[_Person] = []
        for one in readings:
            same = next((other for other in apart if self._are_joinable(other, one)), None)
            if same is None:
                apart.append(one)
            else:
                self._join(same, one)

    def _drop_joined(self) -> None:
        self.people = [person for person in self.people if person.joined_to is None]

    def _are_joinable(self, one: _Person, other: _Person) -> bool:
        if len(one.ids | other.ids) > 1 or (one.spelled and other.spelled):
            return False
        together = overlap(one.starts, one.ends, (other.starts, other.ends))
        return float(np.sum(together)) <= _most_together(one, other) + NOISE_S


def _most_together(one: _Person, other: _Person) -> float:
    """Return how long two readings of one person may be shown at the same time, in seconds."""
    if one.speaker < 0 or one.speaker != other.speaker:
        return TOGETHER_S
    rarer = min(one.seconds, other.seconds)
    return TOGETHER_S + TOGETHER_SHARE * max(0.0, rarer - TOGETHER_FROM_S)


def _longer_than(person: _Person, uncut: Sequence[tuple[str, int, _Person]]) -> list[_Person]:
    """Return the people of whose names the longest cut form of this one is the beginning."""
    cut = max((form.key for form in person.forms), key=len)
    if sum(sign.isalpha() for sign in cut) < CUT_LETTERS:
        return []
    found = []
    for key, _, one in uncut[bisect_left(uncut, cut, key=lambda item: item[0]) :]:
        if not key.startswith(cut):
            break
        found.append(one)
    return found


def _main_speakers(seconds: NDArray[np.float64]) -> list[int]:
    most = seconds.max(axis=1, initial=0.0)
    enough = (most > NOISE_S) & (most >= MAIN_SHARE * seconds.sum(axis=1))
    main: list[int] = np.where(enough, np.argmax(seconds, axis=1), -1).tolist()
    return main


def _are_alike(one: _Person, other: _Person) -> bool:
    return any(
        are_alike(form, another) or form.key == another.key
        for form in one.main_forms
        for another in other.main_forms
    )


def _answers(people: _People, known: Iterable[str]) -> dict[Reading, str]:
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


def _precedence(person: _Person) -> float:
    return -np.inf if person.ids or person.spelled else -person.seconds


def _spelled(person: _Person, keys: Mapping[str, list[str]]) -> str:
    """Return the name as the library spells it, empty unless exactly one known name is equal."""
    if person.spelled:
        return person.spelled
    found = {name for form in person.forms for name in keys.get(form.key, ())}
    exact = found & {text for text, _ in person.readings}
    return min(exact) if len(exact) == 1 else next(iter(found)) if len(found) == 1 else ""


def _fullest(person: _Person, people: _People) -> str:
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
