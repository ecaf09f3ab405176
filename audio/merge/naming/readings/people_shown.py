"""The people whom a timeline shows: readings of one name, joined step by step.

Conventions
-----------
Times are in seconds.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

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


@dataclass(slots=True)
class Person:
    """Forms that are one person's: those of ``main`` decide what the person is called."""

    readings: list[Reading]
    starts: Times
    ends: Times
    ids: set[str]
    spelled: str = ""
    alike: set[Reading] = field(default_factory=set)
    speaker: int = -1
    joined_to: "Person | None" = None

    @property
    def forms(self) -> list[NameForm]:
        """The forms of all readings."""
        return [read_form(text) for text, _ in self.readings]

    @property
    def main_forms(self) -> list[NameForm]:
        """The forms that others are compared with: at most `COMPARED_READINGS`."""
        return [read_form(text) for text, _ in self.readings[:COMPARED_READINGS]]

    @property
    def seconds(self) -> float:
        """For how long the person is shown."""
        return float(np.sum(self.ends - self.starts))

    @property
    def now(self) -> "Person":
        """The person that this one was joined to, else itself."""
        return self if self.joined_to is None else self.joined_to.now


class People:
    """The people of a timeline, while their readings are joined.

    ``seconds`` has for how long each reading is shown.
    """

    def __init__(self, entries: Sequence[TimelineEntry], present: Iterable[str]) -> None:
        starts, ends = edges(entries)
        rows: defaultdict[Reading, list[int]] = defaultdict(list)
        for row, entry in enumerate(entries):
            if entry.name.strip():
                rows[entry.name, entry.person].append(row)
        self.seconds: dict[Reading, float] = {}
        self.people: list[Person] = []
        for reading, at in rows.items():
            spans = union(starts[at], np.maximum(starts[at], ends[at]), np.zeros(len(at), np.intp))
            person = Person([reading], spans[0], spans[1], {reading[1]} - {""})
            self.seconds[reading] = person.seconds
            self.people.append(person)
        nothing = np.empty(0)
        for name in dict.fromkeys(name.strip() for name in present):
            if name:
                self.people.append(Person([(name, "")], nothing, nothing, set(), name))
                self.seconds.setdefault((name, ""), 0.0)

    def join_equal(self) -> None:
        """Join the readings with equal keys, of one organisation or none."""
        by_key: defaultdict[str, list[Person]] = defaultdict(list)
        for person in self.people:
            by_key[person.forms[0].key].append(person)
        for same in by_key.values():
            organisations = {one.forms[0].organisation for one in same} - {""}
            by_name: defaultdict[str, list[Person]] = defaultdict(list)
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
        by_speaker: defaultdict[int, list[Person]] = defaultdict(list)
        for person, speaker in zip(self.people, self._speakers(turns), strict=True):
            person.speaker = speaker
            if speaker >= 0:
                by_speaker[speaker].append(person)
        for shown in by_speaker.values():
            shown.sort(key=lambda one: -one.seconds)
            commoner: list[Person] = []
            for person in shown:
                found = (one for one in commoner if _are_alike(one, person))
                like = next((one for one in found if self._are_joinable(one, person)), None)
                if like is not None:
                    like.alike.update(person.readings)
                    self._join(like, person)
                elif len(commoner) < COMPARED_FORMS:
                    commoner.append(person)
        self._drop_joined()

    def _uncut_keys(self) -> list[tuple[str, int, "Person"]]:
        return sorted(
            (key, at, person)
            for at, person in enumerate(self.people)
            for key in {form.key for form in person.forms if not form.is_cut}
        )

    def _by_first_word(self) -> dict[str, list[Person]]:
        people: defaultdict[str, list[Person]] = defaultdict(list)
        for person in self.people:
            longer = [
                form.words
                for form in person.forms
                if len(form.words) > 1 and not form.is_cut and not form.words[1].isdigit()
            ]
            for first in dict.fromkeys(words[0] for words in longer):
                people[first].append(person)
        return people

    def _join_only(self, person: Person, longer: Sequence[Person]) -> None:
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

    def _join(self, one: Person, other: Person) -> None:
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

    def _join_all(self, readings: Sequence[Person]) -> None:
        apart: list[Person] = []
        for one in readings:
            same = next((other for other in apart if self._are_joinable(other, one)), None)
            if same is None:
                apart.append(one)
            else:
                self._join(same, one)

    def _drop_joined(self) -> None:
        self.people = [person for person in self.people if person.joined_to is None]

    def _are_joinable(self, one: Person, other: Person) -> bool:
        if len(one.ids | other.ids) > 1 or (one.spelled and other.spelled):
            return False
        together = overlap(one.starts, one.ends, (other.starts, other.ends))
        return float(np.sum(together)) <= _most_together(one, other) + NOISE_S


def _most_together(one: Person, other: Person) -> float:
    """Return how long two readings of one person may be shown at the same time, in seconds."""
    if one.speaker < 0 or one.speaker != other.speaker:
        return TOGETHER_S
    rarer = min(one.seconds, other.seconds)
    return TOGETHER_S + TOGETHER_SHARE * max(0.0, rarer - TOGETHER_FROM_S)


def _longer_than(person: Person, uncut: Sequence[tuple[str, int, Person]]) -> list[Person]:
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


def _are_alike(one: Person, other: Person) -> bool:
    return any(
        are_alike(form, another) or form.key == another.key
        for form in one.main_forms
        for another in other.main_forms
    )
