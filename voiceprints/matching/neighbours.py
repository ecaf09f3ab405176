"""Whose prints are nearest to these voices, as Postgres finds them?

Up to `EXACT_UP_TO` prints in a space all are compared; beyond that the index proposes. All voices
are looked for together.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Min, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast
from pgvector import Vector
from pgvector.django import CosineDistance

from audio.merge.naming.voice_similarity import unit
from audio.merge.values import Embedding
from voiceprints.models import Space, Voiceprint
from voiceprints.models.voiceprints import HALVES, VoiceprintQuerySet

# Up to here comparing all is as quick as the index; of twice as many it takes twice as long.
EXACT_UP_TO = 2_000
# How many candidates the index keeps in view. With more, those far down the list would be the true
# ones more often; the first is already, 99.7 times in a hundred.
EF_SEARCH = 80
PRINTS_AT_FIRST = 40
# The voice that is looked for, in what `_nearest_owners` joins to the voices; and how far a print
# is from it, truly and as the index has it.
VOICE = RawSQL("asked.voice", ())
DISTANCE = CosineDistance("vector", VOICE)
ROUGH_DISTANCE = CosineDistance(Cast("vector", HALVES), Cast(VOICE, HALVES))

Owners = list[UUID]


def people_near(
    voices: Sequence[Embedding], usable: VoiceprintQuerySet, space: Space, *, limit: int
) -> list[frozenset[UUID]]:
    """So many people who sound most like each voice, among the usable prints of a space."""
    if not voices:
        return []
    search = by_index if _is_large(space) else exactly
    return [frozenset(people) for people in search(voices, usable, limit)]


def exactly(voices: Sequence[Embedding], usable: VoiceprintQuerySet, limit: int) -> list[Owners]:
    """An aggregate over all prints: nothing that an index for neighbours could answer."""
    people = usable.order_by().values("person_id").annotate(distance=Min(DISTANCE))
    return _nearest_owners(voices, people.order_by("distance")[:limit])


def by_index(voices: Sequence[Embedding], usable: VoiceprintQuerySet, limit: int) -> list[Owners]:
    """As many prints as it takes to meet so many people; one person may have very many.

    An index that runs dry before may have lost sight of somebody: then all are compared.
    """
    wanted = max(limit, PRINTS_AT_FIRST)
    with transaction.atomic():
        _let_the_index_go_on()
        found = _nearest_owners(voices, _nearest(usable, wanted))
        while crowded := [n for n in _short(found, limit) if len(found[n]) == wanted]:
            wanted *= 4
            again = _nearest_owners([voices[n] for n in crowded], _nearest(usable, wanted))
            _put(found, crowded, again)
    if dry := _short(found, limit):
        _put(found, dry, exactly([voices[n] for n in dry], usable, limit))
    return [list(dict.fromkeys(owners))[:limit] for owners in found]


def _short(found: Sequence[Owners], limit: int) -> list[int]:
    """Which have fewer people than are wanted."""
    return [n for n, owners in enumerate(found) if len(set(owners)) < limit]


def _put(found: list[Owners], numbers: Sequence[int], again: Sequence[Owners]) -> None:
    for number, owners in zip(numbers, again, strict=True):
        found[number] = owners


def _is_large(space: Space) -> bool:
    """Whether the index pays. Counting stops where that is known."""
    prints = Voiceprint.objects.filter(space=space).order_by()
    return prints[EXACT_UP_TO : EXACT_UP_TO + 1].exists()


def _nearest(usable: VoiceprintQuerySet, wanted: int) -> QuerySet[Voiceprint, Any]:
    """So many prints, as the index has them, and how far they truly are."""
    return usable.order_by(ROUGH_DISTANCE).values("person_id").annotate(distance=DISTANCE)[:wanted]


def _nearest_owners(voices: Sequence[Embedding], near: QuerySet[Voiceprint, Any]) -> list[Owners]:
    """Whose the prints are that a query finds for each voice, nearest first."""
    inner, given = near.query.sql_with_params()
    # A fingerprint's scale carries no meaning, and numbers of half precision have little room.
    directions = [Vector(unit(voice)).to_text() for voice in voices]
    statement = (
        "SELECT number, person_id "  # noqa: S608 — what is put in is Django's own
        "FROM unnest(%s::vector[]) WITH ORDINALITY AS asked (voice, number) "
        f"CROSS JOIN LATERAL ({inner}) AS near ORDER BY number, distance"
    )
    owners: list[Owners] = [[] for _ in voices]
    with connection.cursor() as cursor:
        cursor.execute(statement, [directions, *given])
        for number, person in cursor.fetchall():
            owners[number - 1].append(person)
    return owners


def _let_the_index_go_on() -> None:
    """Filters come after the index: without this, prints of another space would use up its finds.

    The order may be a little off, which does no harm: what is found is compared again.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true), "
            "set_config('hnsw.ef_search', %s, true)",
            [str(EF_SEARCH)],
        )
