"""Whose voice is this, among all that are known?

Similarities are cosines. A person has several prints; the nearest counts. Only people whose
consent holds are found. Up to `EXACT_UP_TO` prints in a space all are compared; beyond that the
index proposes, and what it proposes is compared.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone
from pgvector.django import CosineDistance

from audio.merge.identification import Decision, OpenSetRule, identify
from audio.merge.timeline import Fingerprint, Voices
from audio.merge.voices import similarities
from voiceprints.models import DIMENSION, Space, Voiceprint
from voiceprints.models.people import VoiceprintQuerySet

NEAREST = 10
# Up to here comparing all is as quick as the index; of twice as many it takes thrice as long.
EXACT_UP_TO = 5_000
# How many candidates the index keeps in view.
EF_SEARCH = 200
PRINTS_AT_FIRST = 100
Print = tuple[UUID, str, Fingerprint]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whose voice it may be, and the print that is nearest."""

    person_id: UUID
    name: str
    similarity: float
    vector: Fingerprint = field(repr=False, compare=False)


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


def identify_voice(fingerprint: Fingerprint, space: Space, *, limit: int = NEAREST) -> Identified:
    """Whose voice is this, by the threshold and the margin of its space?"""
    # The margin needs a second candidate, whatever the limit.
    candidates = nearest_people(fingerprint, space, limit=max(limit, 2))
    rule = OpenSetRule(space.threshold, space.margin)
    decided = identify(fingerprint, voices_of(candidates, space), rule=rule)
    return Identified(tuple(candidates[:limit]), decided.decision, decided.margin)


def nearest_people(
    fingerprint: Fingerprint, space: Space, *, limit: int = NEAREST, now: datetime | None = None
) -> list[Candidate]:
    """Who sounds most like this, nearest first? Nobody, where nothing can be compared."""
    [nearest] = nearest_to_each([fingerprint], space, limit=limit, now=now)
    return nearest


def nearest_to_each(
    fingerprints: Iterable[Fingerprint],
    space: Space,
    *,
    limit: int = NEAREST,
    now: datetime | None = None,
) -> list[list[Candidate]]:
    """The same of several, whose prints are fetched together."""
    usable = Voiceprint.objects.usable(space, now or timezone.now())
    search = _by_index if _is_large(space) else _exactly
    asked = [
        (one, frozenset(search(one, usable, limit) if _is_comparable(one) else ()))
        for one in fingerprints
    ]
    prints = _prints(usable.filter(person__in=frozenset().union(*(people for _, people in asked))))
    return [_ranked(one, [p for p in prints if p[0] in people]) for one, people in asked]


def voices_of(candidates: Sequence[Candidate], space: Space) -> Voices:
    """The candidates as known voices."""
    vectors = [candidate.vector for candidate in candidates]
    return Voices(
        tuple(candidate.name for candidate in candidates),
        np.stack(vectors) if vectors else np.empty((0, space.dimension)),
        space=str(space),
        threshold=space.threshold,
        margin=space.margin,
    )


def _is_comparable(fingerprint: Fingerprint) -> bool:
    return fingerprint.shape == (DIMENSION,) and bool(fingerprint.any())


def _is_large(space: Space) -> bool:
    """Whether the index pays. Counting stops where that is known."""
    prints = Voiceprint.objects.filter(space=space).order_by()
    return prints[EXACT_UP_TO : EXACT_UP_TO + 1].exists()


def _exactly(fingerprint: Fingerprint, usable: VoiceprintQuerySet, limit: int) -> list[UUID]:
    """An aggregate over all prints: nothing that an index for neighbours could answer."""
    people = usable.order_by().values("person_id")
    nearest = people.annotate(distance=Min(CosineDistance("vector", fingerprint)))
    return [found["person_id"] for found in nearest.order_by("distance")[:limit]]


def _by_index(fingerprint: Fingerprint, usable: VoiceprintQuerySet, limit: int) -> list[UUID]:
    """As many prints as it takes to meet so many people; one person may have very many.

    An index that runs dry before may have lost sight of somebody: then all are compared.
    """
    nearest = usable.order_by(CosineDistance("vector", fingerprint))
    wanted = max(limit, PRINTS_AT_FIRST)
    with transaction.atomic():
        _let_the_index_go_on()
        while True:
            owners = list(nearest.values_list("person_id", flat=True)[:wanted])
            people = list(dict.fromkeys(owners))
            if len(people) >= limit:
                return people[:limit]
            if len(owners) < wanted:
                return _exactly(fingerprint, usable, limit)
            wanted *= 4


def _let_the_index_go_on() -> None:
    """Filters come after the index: without this, prints of another space would use up its finds.

    The order may be a little off, which does no harm: what is found is compared again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL hnsw.iterative_scan = relaxed_order")
        cursor.execute(f"SET LOCAL hnsw.ef_search = {EF_SEARCH:d}")


def _prints(found: VoiceprintQuerySet) -> list[Print]:
    """Whose, what they are called, and the vector; by name."""
    return list(
        found.order_by("person__name", "id").values_list("person", "person__name", "vector")
    )


def _ranked(fingerprint: Fingerprint, prints: Sequence[Print]) -> list[Candidate]:
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
