"""The search for the people whose voice an embedding may be, in the whole library.

Similarities are cosines. The nearest voiceprint of a person counts. Only people whose consent is
in force are found.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import numpy as np
from django.utils import timezone

from audio.merge.naming.voices.open_set_identification import Identification, OpenSetRule, identify
from audio.merge.naming.voices.voice_similarity import Match, similarities
from audio.merge.values import Embedding, Voices
from voiceprints.matching.neighbours import find_people
from voiceprints.models import DIMENSION, Space, Voiceprint
from voiceprints.models.voiceprints import VoiceprintQuerySet

DEFAULT_CANDIDATES = 10
# The identifier and the name of a person, and the vector of one voiceprint.
PersonVector = tuple[UUID, str, Embedding]


@dataclass(frozen=True, slots=True)
class KnownPerson(Match):
    """A person of the library whose voice it may be, and the vector of the nearest voiceprint."""

    person_id: UUID
    vector: Embedding = field(repr=False, compare=False)


def identify_voice(
    embedding: Embedding, space: Space, *, limit: int = DEFAULT_CANDIDATES
) -> Identification[KnownPerson]:
    """Identify a voice by the threshold and the margin of its space."""
    # The margin needs a second candidate, whatever the limit.
    candidates = nearest_people(embedding, space, limit=max(limit, 2))
    rule = OpenSetRule(space.threshold, space.margin)
    decided = identify(embedding, candidate_voices(candidates, space), rule=rule)
    return Identification(tuple(candidates[:limit]), decided.decision, decided.margin)


def nearest_people(
    embedding: Embedding,
    space: Space,
    *,
    limit: int = DEFAULT_CANDIDATES,
    now: datetime | None = None,
) -> list[KnownPerson]:
    """Return the people with the most similar voices, nearest first.

    The list is empty if the embedding is not comparable: of another dimension, zero or not finite.
    """
    [nearest] = nearest_people_to_each([embedding], space, limit=limit, now=now)
    return nearest


def nearest_people_to_each(
    embeddings: Iterable[Embedding],
    space: Space,
    *,
    limit: int = DEFAULT_CANDIDATES,
    now: datetime | None = None,
) -> list[list[KnownPerson]]:
    """Return the nearest people of several embeddings, with one search for all of them."""
    given = list(embeddings)
    usable = Voiceprint.objects.usable(space, now or timezone.now())
    comparable = {number: one for number, one in enumerate(given) if _is_comparable(one)}
    found = find_people(list(comparable.values()), usable, space, limit=limit)
    near = dict(zip(comparable, found, strict=True))
    vectors = _person_vectors(usable.filter(person__in=frozenset().union(*found)))
    return [
        _ranked(one, [known for known in vectors if known[0] in near.get(number, ())])
        for number, one in enumerate(given)
    ]


def candidate_voices(candidates: Sequence[KnownPerson], space: Space) -> Voices:
    """Return the candidates as known voices."""
    vectors = [candidate.vector for candidate in candidates]
    return Voices(
        tuple(candidate.name for candidate in candidates),
        np.stack(vectors) if vectors else np.empty((0, space.dimension)),
        space=str(space),
        threshold=space.threshold,
        margin=space.margin,
    )


def _is_comparable(embedding: Embedding) -> bool:
    """Return whether the embedding has a direction: NaN, infinite and zero vectors have none."""
    return embedding.shape == (DIMENSION,) and bool(0 < np.linalg.norm(embedding) < np.inf)


def _person_vectors(voiceprints: VoiceprintQuerySet) -> list[PersonVector]:
    """Return the vectors of these voiceprints with their people, by name."""
    ordered = voiceprints.order_by("person__name", "id")
    return list(ordered.values_list("person", "person__name", "vector"))


def _ranked(embedding: Embedding, known: Sequence[PersonVector]) -> list[KnownPerson]:
    """Return each person with the nearest voiceprint, nearest first; ties are in order of name."""
    if not known:
        return []
    vectors = np.array([vector for _, _, vector in known])
    near = similarities(embedding, Voices(tuple(name for _, name, _ in known), vectors))
    best: dict[UUID, KnownPerson] = {}
    for row in sorted(range(len(known)), key=lambda row: -near[row]):
        person, name, _ = known[row]
        best.setdefault(person, KnownPerson(name, near[row], person, vectors[row]))
    return list(best.values())
