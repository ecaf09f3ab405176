"""The people whose voiceprints are nearest to given voices, as Postgres finds them.

Up to `EXACT_UP_TO` voiceprints in a space all are compared; beyond that the HNSW index proposes,
unless more dead rows than live ones wait for a vacuum. All voices are looked up in one statement.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast
from pgvector import Vector
from pgvector.django import CosineDistance

from audio.merge.naming.voices.voice_similarity import unit
from audio.merge.values import Embedding
from voiceprints.models import Space, Voiceprint
from voiceprints.models.voiceprints import HALVES, VoiceprintQuerySet

# Comparing this many takes as long as the index; comparing twice as many takes twice as long.
EXACT_UP_TO = 2_000
# Candidates that the index keeps in view. A larger number improves the end of the list; the first
# candidate is already right in 99.7 % of cases.
EF_SEARCH = 80
CANDIDATES = 40
# With as many dead rows as live ones the index finds what it finds without them (ADR 0028).
MOST_DEAD_PER_LIVE = 1.0
# The voice that is looked up, in the query that `_nearest_owners` joins to the voices, and the
# distance of a voiceprint from it: exact, and as the index computes it.
VOICE = RawSQL("asked.voice", ())
DISTANCE = CosineDistance("vector", VOICE)
ROUGH_DISTANCE = CosineDistance(Cast("vector", HALVES), Cast(VOICE, HALVES))

Owners = list[UUID]


def find_people(
    voices: Sequence[Embedding], usable: VoiceprintQuerySet, space: Space, *, limit: int
) -> list[frozenset[UUID]]:
    """Return the `limit` people nearest to each voice, among the usable voiceprints of a space."""
    if not voices:
        return []
    search = ask_index if _is_large(space) and _is_index_sound() else compare_all
    return [frozenset(people) for people in search(voices, usable, limit)]


def compare_all(
    voices: Sequence[Embedding], usable: VoiceprintQuerySet, limit: int
) -> list[Owners]:
    """Return the nearest people by an aggregate, which no index for neighbours can answer."""
    people = usable.order_by().values("person_id").annotate(distance=Min(DISTANCE))
    return _nearest_owners(voices, people.order_by("distance")[:limit])


def ask_index(voices: Sequence[Embedding], usable: VoiceprintQuerySet, limit: int) -> list[Owners]:
    """Return the people whose voiceprints the index proposes, nearest first.

    The number of candidates grows until they belong to `limit` people, because one person may
    have very many voiceprints. An index that returns fewer candidates than that has lost a part
    of its graph, or there are no more: then all voiceprints are compared.
    """
    wanted = max(limit, CANDIDATES)
    found: dict[int, Owners] = {}
    dry: list[int] = []
    pending = list(range(len(voices)))
    with transaction.atomic():
        _scan_iteratively()
        while pending:
            owners = _nearest_owners([voices[n] for n in pending], _nearest(usable, wanted))
            found |= zip(pending, owners, strict=True)
            dry += [n for n in pending if len(found[n]) < wanted]
            pending = [n for n in pending if n not in dry and len(set(found[n])) < limit]
            wanted *= 4
    compared = compare_all([voices[n] for n in dry], usable, limit) if dry else []
    found |= zip(dry, compared, strict=True)
    return [list(dict.fromkeys(found[n]))[:limit] for n in range(len(voices))]


def nearest_others(usable: VoiceprintQuerySet, space: Space, *, sample: int) -> list[float]:
    """Return the cosine of voiceprints to the nearest one of another person, by one statement.

    Identifiers are random, so that the first `sample` of them are a random sample that stays the
    same between two calls. A voiceprint without another person is left out.
    """
    asked = OuterRef("vector")
    others = usable.exclude(person=OuterRef("person")).order_by()
    exact = others.annotate(distance=CosineDistance("vector", asked))
    nearest: QuerySet[Voiceprint, Any]
    with transaction.atomic():
        if _is_large(space) and _is_index_sound():
            _scan_iteratively()
            rough = CosineDistance(Cast("vector", HALVES), Cast(asked, HALVES))
            nearest = exact.alias(rough=rough).order_by("rough").values("distance")[:1]
        else:
            nearest = exact.values("space").annotate(least=Min("distance")).values("least")
        chosen = usable.order_by("pk").annotate(nearest=Subquery(nearest))[:sample]
        distances = list(chosen.values_list("nearest", flat=True))
    return [1.0 - distance for distance in distances if distance is not None]


def _is_large(space: Space) -> bool:
    """Return whether a space has more than `EXACT_UP_TO` voiceprints."""
    voiceprints = Voiceprint.objects.filter(space=space).order_by()
    return voiceprints[EXACT_UP_TO : EXACT_UP_TO + 1].exists()


def _is_index_sound() -> bool:
    """Return whether vacuum keeps up: dead rows stay in the graph and hide their neighbours."""
    with connection.cursor() as cursor:
        cursor.execute(
            # After a crash only `reltuples` still has the number of live rows.
            "SELECT pg_stat_get_dead_tuples(oid) "
            "<= %s * greatest(pg_stat_get_live_tuples(oid), reltuples, 1) "
            "FROM pg_class WHERE oid = CAST(%s AS regclass)",
            [MOST_DEAD_PER_LIVE, Voiceprint._meta.db_table],
        )
        [sound] = cursor.fetchone()
    return bool(sound)


def _nearest(usable: VoiceprintQuerySet, wanted: int) -> QuerySet[Voiceprint, Any]:
    """Return the query for the nearest voiceprints by the index, with their exact distances."""
    return usable.order_by(ROUGH_DISTANCE).values("person_id").annotate(distance=DISTANCE)[:wanted]


def _nearest_owners(voices: Sequence[Embedding], near: QuerySet[Voiceprint, Any]) -> list[Owners]:
    """Run a query for each voice and return the owners it finds, nearest first."""
    inner, given = near.query.sql_with_params()
    # An embedding's scale carries no meaning, and half precision has a small range.
    directions = [Vector(unit(voice)).to_text() for voice in voices]
    statement = (
        "SELECT number, person_id "  # noqa: S608 — the inserted SQL is Django's own
        "FROM unnest(%s::vector[]) WITH ORDINALITY AS asked (voice, number) "
        f"CROSS JOIN LATERAL ({inner}) AS near ORDER BY number, distance"
    )
    owners: list[Owners] = [[] for _ in voices]
    with connection.cursor() as cursor:
        cursor.execute(statement, [directions, *given])
        for number, person in cursor.fetchall():
            owners[number - 1].append(person)
    return owners


def _scan_iteratively() -> None:
    """Let the index go on until enough rows pass the filters, which Postgres applies after it.

    Without this, voiceprints of another space would use up the candidates. `relaxed_order` is
    enough, because the exact distances sort the result.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true), "
            "set_config('hnsw.ef_search', %s, true)",
            [str(EF_SEARCH)],
        )
