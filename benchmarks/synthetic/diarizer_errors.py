"""The errors of a diarizer on reference turns, and what becomes of each true turn; seeded.

A diarizer loses short turns, gives turns to a similar voice, moves edges, splits a person into two
speakers, and merges two people. Times are in seconds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from audio.merge.values import Diarization, Embedding, Turn
from benchmarks.synthetic.conversations import Random

# Shares of turns, persons and recordings. Assumed, after the confusions (4 to 7 % of the speech)
# and misses (4 to 11 %) that pyannote.audio reports for AISHELL-4 and AMI.
LOST_SHORT, LOST_UNDER_ANOTHER = 0.5, 0.5
SHORT_S = 0.6
CONFUSED, CONFUSED_SHORT = 0.04, 0.1
EDGE_CONFUSED = 0.12
SPLIT, SPLIT_TURNS = 0.2, 0.35
MERGED = 0.25
JITTER_S = 0.15


@dataclass(frozen=True, slots=True)
class TruePiece:
    """Part of a true turn, and the label that the diarizer gives it."""

    start: float
    end: float
    person: str
    label: str


def diarize(
    turns: Sequence[Turn], voices: Mapping[str, Embedding], random: Random
) -> tuple[TruePiece, ...]:
    """Return the true turns that the diarizer hears, with its labels."""
    people = tuple(dict.fromkeys(turn.speaker for turn in turns))
    nearest = {one: _nearest(one, people, voices) for one in people}
    labels = _labels(turns, people, nearest, random)
    halved = {person for person in people if random.random() < SPLIT}
    pieces: list[TruePiece] = []
    latest_end = -1.0
    for turn in turns:
        under = turn.end <= latest_end
        latest_end = max(latest_end, turn.end)
        if not _is_lost(turn, under=under, random=random):
            label = _label(turn, labels, nearest, halved, random)
            pieces.extend(_with_edge(turn, label, pieces, random))
    return tuple(pieces)


def diarization_of(
    pieces: Sequence[TruePiece],
    voices: Mapping[str, Embedding],
    duration: float,
    random: Random,
) -> Diarization:
    """Return what the engine answers: jittered turns, and each label's mixture of voices."""
    turns, seconds = [], dict[str, dict[str, float]]()
    for piece in pieces:
        start = max(0.0, piece.start + float(random.normal(0.0, JITTER_S)))
        end = piece.end + float(random.normal(0.0, JITTER_S))
        turns.append(Turn(start, max(start, end), piece.label))
        people = seconds.setdefault(piece.label, {})
        people[piece.person] = people.get(piece.person, 0.0) + piece.end - piece.start
    embeddings = {
        label: _with_noise(
            sum((voices[one] * share for one, share in people.items()), np.zeros(1)), random
        )
        for label, people in seconds.items()
    }
    return Diarization(tuple(turns), tuple(seconds), embeddings, duration)


def _with_noise(mixture: Embedding, random: Random) -> Embedding:
    """Return an embedding with a cosine of about 0.9 to the mixture, as two halves of one speaker
    of a recording have it.
    """
    noise = random.normal(size=len(mixture))
    noisy: Embedding = mixture / np.linalg.norm(mixture) + 0.5 * noise / np.linalg.norm(noise)
    return noisy


def _nearest(person: str, people: Sequence[str], voices: Mapping[str, Embedding]) -> str:
    others = [other for other in people if other != person]
    if not others:
        return person
    return max(others, key=lambda other: float(voices[person] @ voices[other]))


def _labels(
    turns: Sequence[Turn], people: Sequence[str], nearest: Mapping[str, str], random: Random
) -> dict[str, str]:
    labels = {person: person for person in people}
    if len(people) > 3 and random.random() < MERGED:
        seconds = dict.fromkeys(people, 0.0)
        for turn in turns:
            seconds[turn.speaker] += turn.end - turn.start
        least = min(people, key=seconds.__getitem__)
        labels[least] = nearest[least]
    return labels


def _is_lost(turn: Turn, *, under: bool, random: Random) -> bool:
    if under and turn.end - turn.start < 2 * SHORT_S:
        return bool(random.random() < LOST_UNDER_ANOTHER)
    return turn.end - turn.start < SHORT_S and bool(random.random() < LOST_SHORT)


def _label(
    turn: Turn,
    labels: Mapping[str, str],
    nearest: Mapping[str, str],
    halved: set[str],
    random: Random,
) -> str:
    rate = CONFUSED_SHORT if turn.end - turn.start < 2 * SHORT_S else CONFUSED
    if random.random() < rate:
        return labels[nearest[turn.speaker]]
    second = turn.speaker in halved and random.random() < SPLIT_TURNS
    return labels[turn.speaker] + ("'" if second else "")


def _with_edge(
    turn: Turn, label: str, before: Sequence[TruePiece], random: Random
) -> Iterator[TruePiece]:
    """Yield the turn, or its beginning under the label of the turn before and the rest."""
    start = turn.start
    if before and turn.end - turn.start > 1.5 and random.random() < EDGE_CONFUSED:
        start += float(random.uniform(0.3, 1.0))
        yield TruePiece(turn.start, start, turn.speaker, before[-1].label)
    yield TruePiece(start, turn.end, turn.speaker, label)
