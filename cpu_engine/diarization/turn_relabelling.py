"""The check of every turn against the voice of its person.

A window of ten seconds may take two people for one local speaker. So every turn, which is
between two pauses, is embedded once more by itself and goes to another person when that one is
clearly closer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cpu_engine.diarization.embeddings import Embedder, Features, centres, unit
from cpu_engine.diarization.frame_turns import Turn, frame_at, join_turns

# How much closer (cosine) another person must be, and how many frames of 10 ms that needs.
MARGIN = 0.15
FEWEST_FEATURES = 60


@dataclass(frozen=True, slots=True)
class Relabelled:
    """Turns, and what each person sounds like in them: (people, 192), unit length."""

    turns: list[Turn]
    people: NDArray[np.float32]


def relabel(
    turns: Sequence[Turn],
    people: NDArray[np.float32],
    *,
    speaking: NDArray[np.bool_],
    features: Features,
    embedder: Embedder,
) -> Relabelled:
    """Give each turn to the person it sounds like, and refine what each person sounds like.

    Only the parts in which one person speaks count. A turn that is too short keeps its person;
    a person without a long enough turn keeps the old centroid.
    """
    times = centres(features)
    alone = (speaking.sum(axis=1) == 1)[frame_at(times, len(speaking))]
    heard = np.zeros_like(people)
    relabelled = []
    for turn in turns:
        chosen = features[alone & (times >= turn.start) & (times <= turn.end)]
        if len(chosen) >= FEWEST_FEATURES:
            vector = embedder(chosen)
            turn = replace(turn, person=closest(people @ vector, turn.person))
            heard[turn.person] += len(chosen) * vector
        relabelled.append(turn)
    refined = np.where(heard.any(axis=1, keepdims=True), unit(heard), people)
    return Relabelled(join_turns(relabelled), refined)


def closest(similarity: NDArray[np.float32], given: int) -> int:
    """Return the most similar person; `given` wins within the margin. similarity: (people,)."""
    best = int(similarity.argmax())
    return best if similarity[best] - similarity[given] > MARGIN else given
