"""The meetings that the benchmark names: reference turns, diarizer, timeline and voices."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audio.merge.values import Diarization, Embedding, TimelineEntry, Turn, Voices
from benchmarks.naming_quality.clock_levels import LEVELS
from benchmarks.synthetic.conversations import (
    BROADCAST,
    MEETING,
    Random,
    converse,
    cut,
    read_reference,
)
from benchmarks.synthetic.diarizer_errors import TruePiece, diarization_of, diarize
from benchmarks.synthetic.measured_voices import MeasuredVoices
from benchmarks.synthetic.timeline_kinds import ANOTHER, KINDS, UNRELATED, Kind, Shown

# The share of the people who are enrolled; the rest of the library are strangers.
ENROLLED = 0.4
# How many recordings further the other meeting is, whose timeline is shown.
ANOTHER_NUMBER = 7
ALL_KINDS: dict[str, Kind] = {**KINDS, **LEVELS, **UNRELATED}


@dataclass(frozen=True, slots=True)
class Meeting:
    """What a rule gets of one recording, and the truth."""

    pieces: tuple[TruePiece, ...]
    diarization: Diarization
    entries: tuple[TimelineEntry, ...]
    voices: Voices
    names: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Source:
    """Where meetings come from: the files of real turns, or none to draw them."""

    voices: MeasuredVoices
    references: tuple[tuple[Turn, ...], ...] = ()

    def turns(self, duration: float, number: int) -> tuple[Turn, ...]:
        """Return the reference turns of one recording; the same number gives the same ones."""
        random = np.random.default_rng([number, round(duration)])
        if not self.references:
            return converse(BROADCAST if number % 3 == 0 else MEETING, duration, random)
        whole = self.references[number % len(self.references)]
        last = max(turn.end for turn in whole)
        return cut(whole, float(random.uniform(0, max(0.0, last - duration))), duration)

    def meeting(self, kind: str, duration: float, number: int) -> Meeting:
        """Return one recording with one kind of timeline."""
        turns = self.turns(duration, number)
        random = np.random.default_rng([number, round(duration), 1])
        cast = self.voices.cast(dict.fromkeys(turn.speaker for turn in turns), random)
        pieces = diarize(turns, cast, random)
        diarization = diarization_of(pieces, cast, duration, random)
        known = self._library(tuple(cast), random)
        seen = self.turns(duration, number + ANOTHER_NUMBER) if kind == ANOTHER else turns
        shown: Shown = ALL_KINDS[kind](seen, np.random.default_rng([number, round(duration), 2]))
        return Meeting(pieces, diarization, shown.entries, known, shown.names)

    def _library(self, people: Sequence[str], random: Random) -> Voices:
        enrolled = [person for person in people if random.random() < ENROLLED]
        rows = {one: self.voices.enrolment(one) for one in enrolled}
        rows |= self.voices.strangers(len(people))
        vectors: list[Embedding] = list(rows.values())
        return Voices(tuple(rows), np.stack(vectors) if vectors else np.empty((0, 0)))


def read_references(folder: Path) -> Iterator[tuple[Turn, ...]]:
    """Yield the turns of every RTTM file in a folder and its folders."""
    for path in sorted(folder.rglob("*.rttm")):
        turns = read_reference(path)
        if turns:
            yield turns
