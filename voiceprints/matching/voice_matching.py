"""Whose voice is this, among all that are known?

Similarities are cosines. A person has several prints; the nearest counts. Only people whose
consent holds are found.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import numpy as np
from django.utils import timezone

from audio.merge.naming.identification import Decision, OpenSetRule, identify
from audio.merge.naming.voice_similarity import similarities
from audio.merge.values import Embedding, Voices
from voiceprints.matching.neighbours import find_people
from voiceprints.models import DIMENSION, Space, Voiceprint
from voiceprints.models.voiceprints import VoiceprintQuerySet

DEFAULT_CANDIDATES = 10
Print = tuple[UUID, str, Embedding]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whose voice it may be, and the print that is nearest."""

    person_id: UUID
    name: str
    similarity: float
    vector: Embedding = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Identified:
    """Who may be speaking, nearest first, and whether that is enough to name somebody.

    `margin` is how far the first is above the second; None where there is no second.
    """

    candidates: tuple[Candidate, ...]
    decision: Decision
    margin: float | None = None

    @property
    def person_id(self) -> UUID | None:
        """The one whose voice it is; None where that is not decided."""
        return self.candidates[0].person_id if self.decision == "match" else None


def identify_voice(
    fingerprint: Embedding, space: Space, *, limit: int = DEFAULT_CANDIDATES
) -> Identified:
    """Whose voice is this, by the threshold and the margin of its space?"""
    # The margin needs a second candidate, whatever the limit.
    candidates = nearest_people(fingerprint, space, limit=max(limit, 2))
    rule = OpenSetRule(space.threshold, space.margin)
    decided = identify(fingerprint, candidate_voices(candidates, space), rule=rule)
    return Identified(tuple(candidates[:limit]), decided.decision, decided.margin)


def nearest_people(
    fingerprint: Embedding,
    space: Space,
    *,
    limit: int = DEFAULT_CANDIDATES,
    now: datetime | None = None,
) -> list[Candidate]:
    """Who sounds most like this, nearest first? Nobody, where nothing can be compared."""
    [nearest] = nearest_people_to_each([fingerprint], space, limit=limit, now=now)
    return nearest


def nearest_people_to_each(
    embeddings: Iterable[Embedding],
    space: Space,
    *,
    limit: int = DEFAULT_CANDIDATES,
    now: datetime | None = None,
) -> list[list[Candidate]]:
    """The same of several, who are looked for together."""
    asked = list(embeddings)
    usable = Voiceprint.objects.usable(space, now or timezone.now())
    comparable = {number: one for number, one in enumerate(asked) if _is_comparable(one)}
    found = find_people(list(comparable.values()), usable, space, limit=limit)
    near = dict(zip(comparable, found, strict=True))
    prints = _prints(usable.filter(person__in=frozenset().union(*found)))
    return [
        _ranked(one, [known for known in prints if known[0] in near.get(number, ())])
        for number, one in enumerate(asked)
    ]


def candidate_voices(candidates: Sequence[Candidate], space: Space) -> Voices:
    """The candidates as known voices."""
    vectors = [candidate.vector for candidate in candidates]
    return Voices(
        tuple(candidate.name for candidate in candidates),
        np.stack(vectors) if vectors else np.empty((0, space.dimension)),
        space=str(space),
        threshold=space.threshold,
        margin=space.margin,
    )


def _is_comparable(fingerprint: Embedding) -> bool:
    """Whether it has a direction: numbers that are none, or next to nothing, have not."""
    return fingerprint.shape == (DIMENSION,) and bool(0 < np.linalg.norm(fingerprint) < np.inf)


def _prints(found: VoiceprintQuerySet) -> list[Print]:
    """Whose, what they are called, and the vector; by name."""
    return list(
        found.order_by("person__name", "id").values_list("person", "person__name", "vector")
    )


def _ranked(fingerprint: Embedding, prints: Sequence[Print]) -> list[Candidate]:
    """The nearest print of each person, nearest first; of two as near, by name."""
    if not prints:
        return []
    vectors = np.array([vector for _, _, vector in prints])
    known = Voices(tuple(name for _, name, _ in prints), vectors)
    near = similarities(fingerprint, known)
    best: dict[UUID, Candidate] = {}
    for row in sorted(range(len(prints)), key=lambda row: -near[row]):
        person, name, _ = prints[row]
        best.setdefault(person, Candidate(person, name, near[row], vectors[row]))
    return list(best.values())
