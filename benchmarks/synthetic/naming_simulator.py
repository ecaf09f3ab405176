"""Simulated diarizations and timelines of meetings, with the true speakers; seeded.

The conversation is drawn from the lengths and pauses of reference turns and dealt to four people.
Then the diarizer and the timeline make mistakes; `Mistakes` is one level of them. Times are in
seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio.merge.values import Diarization, Embedding, TimelineEntry, Turn, Voices

PEOPLE = ("Ana", "Ben", "Cleo", "Dan")
DIMENSION = 192
STRANGERS = 20
# Cosines of two recordings: a range for one person, a mean for two people. Assumed, not measured.
SAME_VOICE_SIMILARITY = (0.5, 0.9)
TWO_VOICES_SIMILARITY = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistakes:
    """Mistakes of diarizer and timeline: probabilities per turn, uniform ranges in seconds."""

    late: tuple[float, float] = (0.3, 1.5)
    held: tuple[float, float] = (0.0, 1.0)
    clock: tuple[float, float] = (0.0, 0.0)
    missing: float = 0.05
    wrong_tile: float = 0.02
    several_shown: float = 0.05
    never_shown: bool = False
    jitter: float = 0.15
    confused: float = 0.05
    split: float = 0.15


LEVELS = {
    "mild": Mistakes(),
    "clock late": Mistakes(clock=(1.0, 2.0)),
    "clock early": Mistakes(clock=(-2.0, -1.0)),
    "missing": Mistakes(missing=0.5),
    "wrong tile": Mistakes(wrong_tile=0.25),
    "several lit": Mistakes(several_shown=0.4),
    "never shown": Mistakes(never_shown=True),
    "harsh": Mistakes(
        clock=(-2.0, 2.0), missing=0.3, wrong_tile=0.15, several_shown=0.2, never_shown=True
    ),
}


@dataclass(frozen=True, slots=True)
class TrueTurn:
    """One true turn, and the label that the diarizer gives it."""

    start: float
    end: float
    person: str
    label: str


@dataclass(frozen=True, slots=True)
class Simulated:
    """The diarization, timeline and voices of a recording, and the truth."""

    truth: tuple[TrueTurn, ...]
    diarization: Diarization
    entries: tuple[TimelineEntry, ...]
    voices: Voices


@dataclass(frozen=True, slots=True)
class Manner:
    """Lengths of turns and of pauses of a reference, in seconds."""

    lengths: NDArray[np.float64]
    pauses: NDArray[np.float64]


def read_manner(rttm: Path) -> Manner:
    """Read the turns of a reference; pauses are negative where turns overlap."""
    rows = [line.split() for line in rttm.read_text().splitlines()]
    spans = sorted((float(row[3]), float(row[3]) + float(row[4])) for row in rows)
    pauses = [later[0] - earlier[1] for earlier, later in pairwise(spans)]
    return Manner(np.array([end - start for start, end in spans]), np.array(pauses))


def simulate(manner: Manner, duration: float, mistakes: Mistakes, seed: int) -> Simulated:
    """Simulate one recording of about this length."""
    chance = np.random.default_rng(seed)
    spoken = _conversation(manner, duration, chance)
    truth = _diarized(spoken, mistakes, chance)
    unseen = PEOPLE[int(chance.integers(len(PEOPLE)))] if mistakes.never_shown else ""
    common = _direction(chance)
    people = {person: _voice(common, chance) for person in PEOPLE}
    return Simulated(
        truth,
        _diarization(truth, people, duration, mistakes, chance),
        tuple(_timeline(spoken, unseen, mistakes, chance)),
        _library(people, unseen, common, chance),
    )


def _conversation(manner: Manner, duration: float, chance: np.random.Generator) -> list[TrueTurn]:
    shares = chance.dirichlet(np.full(len(PEOPLE), 4.0))
    spoken: list[TrueTurn] = []
    now = 0.0
    while now < duration:
        person = PEOPLE[int(chance.choice(len(PEOPLE), p=shares))]
        end = now + float(chance.choice(manner.lengths))
        spoken.append(TrueTurn(now, end, person, person))
        # One turn in ten begins before the last one ends, as in the clinic_overlap recording.
        pause = float(chance.choice(manner.pauses))
        overlaps = chance.random() < 0.1
        now = max(now + 0.1, end - 0.5 if overlaps else end + max(pause, 0.0))
    return spoken


def _diarized(
    spoken: Sequence[TrueTurn], mistakes: Mistakes, chance: np.random.Generator
) -> tuple[TrueTurn, ...]:
    """Return the turns, cut where the diarizer changes the label."""
    halved = {person for person in PEOPLE if chance.random() < mistakes.split}
    parts: list[TrueTurn] = []
    for turn in spoken:
        second = turn.person in halved and chance.random() < 0.3
        label = turn.person + ("'" if second else "")
        parts.extend(_confused(turn, label, mistakes, chance))
    return tuple(parts)


def _confused(
    turn: TrueTurn, label: str, mistakes: Mistakes, chance: np.random.Generator
) -> list[TrueTurn]:
    """Return the turn, or its last 0.3 to 1 s under another label."""
    if chance.random() >= mistakes.confused:
        return [TrueTurn(turn.start, turn.end, turn.person, label)]
    cut = max(turn.start, turn.end - float(chance.uniform(0.3, 1.0)))
    other = str(chance.choice(PEOPLE))
    return [
        TrueTurn(turn.start, cut, turn.person, label),
        TrueTurn(cut, turn.end, turn.person, other),
    ]


def _diarization(
    truth: Sequence[TrueTurn],
    people: dict[str, Embedding],
    duration: float,
    mistakes: Mistakes,
    chance: np.random.Generator,
) -> Diarization:
    labels = tuple(dict.fromkeys(turn.label for turn in truth))
    turns = []
    for turn in truth:
        start = max(0.0, turn.start + float(chance.normal(0.0, mistakes.jitter)))
        end = turn.end + float(chance.normal(0.0, mistakes.jitter))
        turns.append(Turn(start, max(start, end), turn.label))
    embeddings = {label: _recording_of(people[label.rstrip("'")], chance) for label in labels}
    return Diarization(tuple(turns), labels, embeddings, duration)


def _timeline(
    spoken: Sequence[TrueTurn], unseen: str, mistakes: Mistakes, chance: np.random.Generator
) -> list[TimelineEntry]:
    shown = [person for person in PEOPLE if person != unseen]
    clock = float(chance.uniform(*mistakes.clock))
    entries = []
    for turn in spoken:
        if turn.person == unseen or chance.random() < mistakes.missing:
            continue
        start = turn.start + clock + float(chance.uniform(*mistakes.late))
        end = turn.end + clock + mistakes.late[0] + float(chance.uniform(*mistakes.held))
        if end <= start or end <= 0:
            continue
        wrong = chance.random() < mistakes.wrong_tile
        name = str(chance.choice(shown)) if wrong else turn.person
        entries.append(TimelineEntry(max(0.0, start), end, name))
        if chance.random() < mistakes.several_shown:
            entries.append(TimelineEntry(max(0.0, start), end, str(chance.choice(shown))))
    return entries


def _library(
    people: dict[str, Embedding], unseen: str, common: Embedding, chance: np.random.Generator
) -> Voices:
    """Return voices of strangers, and that of the person who is never shown."""
    names = [f"Stranger {number}" for number in range(STRANGERS)]
    vectors = [_voice(common, chance) for _ in names]
    if unseen:
        names.append(unseen)
        vectors.append(_recording_of(people[unseen], chance))
    return Voices(tuple(names), np.stack(vectors))


def _voice(common: Embedding, chance: np.random.Generator) -> Embedding:
    """Return a person's embedding, which shares a component with all others."""
    return _mixed(common, TWO_VOICES_SIMILARITY, chance)


def _recording_of(voice: Embedding, chance: np.random.Generator) -> Embedding:
    """Return the embedding of one recording of a voice."""
    return _mixed(voice, float(chance.uniform(*SAME_VOICE_SIMILARITY)), chance)


def _mixed(vector: Embedding, share: float, chance: np.random.Generator) -> Embedding:
    mixed: Embedding = np.sqrt(share) * vector + np.sqrt(1 - share) * _direction(chance)
    return mixed


def _direction(chance: np.random.Generator) -> Embedding:
    vector = chance.normal(size=DIMENSION)
    direction: Embedding = vector / np.linalg.norm(vector)
    return direction
