"""Tests of the search for near voiceprints, by comparing all and by the index."""

from collections.abc import Callable, Sequence
from operator import eq
from uuid import UUID

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from numpy.typing import NDArray

from tests.voiceprints.people import (
    SPACE,
    axis,
    blend,
    consenting,
    many_voiceprints,
    voiceprint_of,
)
from voiceprints.matching import neighbours
from voiceprints.matching.neighbours import CANDIDATES, ask_index, compare_all
from voiceprints.matching.voice_matching import nearest_people
from voiceprints.models import DIMENSION, Space, Voiceprint
from voiceprints.models.voiceprints import VoiceprintQuerySet

Search = Callable[[Sequence[NDArray[np.float64]], VoiceprintQuerySet, int], list[list[UUID]]]

pytestmark = pytest.mark.django_db


@pytest.fixture
def space() -> Space:
    return Space.for_engine(SPACE)


def test_the_index_is_used_in_a_large_space(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    voiceprint_of(consenting("Ana"), axis(0))
    voiceprint_of(consenting("Ben"), axis(1))
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 1)
    # Rows that earlier tests rolled back count as dead.
    monkeypatch.setattr(neighbours, "MOST_DEAD_PER_LIVE", 1e9)

    with CaptureQueriesContext(connection) as asked:
        nearest_people(axis(0), space)

    assert any("hnsw.iterative_scan" in query["sql"] for query in asked)


def test_all_voiceprints_of_a_small_space_are_compared(space: Space) -> None:
    voiceprint_of(consenting("Ana"), axis(0))

    with CaptureQueriesContext(connection) as asked:
        nearest_people(axis(0), space)

    assert not any("hnsw" in query["sql"] for query in asked)


def test_comparing_all_never_goes_through_the_index(space: Space) -> None:
    voiceprint_of(consenting("Ana"), axis(0))
    usable = Voiceprint.objects.usable(space, timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        with CaptureQueriesContext(connection) as asked:
            compare_all([axis(0)], usable, 10)
        cursor.execute(f"EXPLAIN {asked[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "voiceprint_by_likeness" not in plan


def test_asking_the_index_uses_the_index(space: Space) -> None:
    voiceprint_of(consenting("Ana"), axis(0))
    usable = Voiceprint.objects.usable(space, timezone.now())
    only_by_index()
    with CaptureQueriesContext(connection) as asked:
        ask_index([axis(0), axis(1)], usable, 1)
    # The second one compares all, because two voiceprints are fewer than the index is asked for.
    statement, _ = [query["sql"] for query in asked if "LATERAL" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "voiceprint_by_likeness" in plan


@pytest.mark.parametrize("search", [compare_all, ask_index])
@pytest.mark.parametrize("scale", [1e-12, 1e6, 1e14])
def test_the_scale_of_a_voice_carries_no_meaning(
    search: Search, scale: float, space: Space
) -> None:
    people = [consenting(f"P{n}") for n in range(12)]
    many_voiceprints(people, np.stack([blend({0: 1.0, n: 0.1}) for n in range(1, 13)]), space)
    usable = Voiceprint.objects.usable(space, timezone.now())

    assert search([scale * blend({0: 1.0, 7: 0.1})], usable, 1) == [[people[6].id]]


def test_the_index_nearly_always_finds_the_nearest_person(
    space: Space, index_without_dead_rows: None
) -> None:
    random = np.random.default_rng(7)
    voices = [consenting(f"P{n}") for n in range(300)]
    vectors = random.normal(size=(300, DIMENSION))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    many_voiceprints(voices, vectors, space)
    usable = Voiceprint.objects.usable(space, timezone.now())
    asked = list(vectors[:50] + random.normal(size=(50, DIMENSION)) * 0.03)

    proposed = firsts(ask_index(asked, usable, 10))
    compared = firsts(compare_all(asked, usable, 10))
    # The graph of the index is built by chance.
    assert sum(map(eq, proposed, compared)) >= 48


@pytest.mark.parametrize("search", [compare_all, ask_index])
def test_many_voices_are_looked_up_in_one_query(
    search: Search, space: Space, index_without_dead_rows: None
) -> None:
    people = [consenting(f"P{n}") for n in range(2 * CANDIDATES)]
    many_voiceprints(people, np.stack([axis(n) for n in range(2 * CANDIDATES)]), space)
    usable = Voiceprint.objects.usable(space, timezone.now())
    asked = [blend({n: 1.0, n + 1: 0.5}) for n in range(10)]

    with CaptureQueriesContext(connection) as queries:
        found = search(asked, usable, 2)

    assert found == [[people[n].id, people[n + 1].id] for n in range(10)]
    assert len([query for query in queries if "LATERAL" in query["sql"]]) == 1


def test_people_hidden_by_one_persons_many_voiceprints_are_found(space: Space) -> None:
    crowd = np.stack([blend({0: 1.0, 1: n / 1000}) for n in range(60)])
    many_voiceprints([consenting("Ana")] * 60, crowd, space)
    others = [consenting(f"P{n}") for n in range(2, 8)]
    many_voiceprints(others, np.stack([blend({0: n / 20, n: 1.0}) for n in range(2, 8)]), space)
    usable = Voiceprint.objects.usable(space, timezone.now())
    asked = [axis(0), blend({0: 0.3, 3: 1.0}), blend({0: 1.0, 4: 0.2})]

    # The forty voiceprints nearest to the second voice belong to two people, and only there.
    for limit in (2, 9):
        assert ask_index(asked, usable, limit) == compare_all(asked, usable, limit)


def test_the_index_is_checked_where_dead_rows_cut_its_graph_apart(
    space: Space, index_without_dead_rows: None
) -> None:
    delete_many(near_axis_0(400), space)
    people = [consenting(f"P{n}") for n in range(3)]
    many_voiceprints(people, np.stack([axis(n) for n in range(3)]), space)
    usable = Voiceprint.objects.usable(space, timezone.now())
    only_by_index()

    # The index alone finds one of the three, nearly always the same one.
    found = ask_index([axis(n) for n in range(3)], usable, 1)

    assert found == [[person.id] for person in people]


@pytest.mark.django_db(transaction=True)
def test_all_are_compared_while_more_rows_are_dead_than_live(
    space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 0)
    delete_many(near_axis_0(400), space)
    people = [consenting(f"P{n}") for n in range(120)]
    # Both sides of the cut have enough rows for the index to return.
    many_voiceprints(people, np.stack([blend({n % 2: 1.0, n: 0.1}) for n in range(2, 122)]), space)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")

    with CaptureQueriesContext(connection) as asked:
        [first, *_] = nearest_people(blend({1: 1.0, 7: 0.1}), space)

    assert first.person_id == people[5].id
    assert not any("hnsw" in query["sql"] for query in asked)


def near_axis_0(count: int) -> NDArray[np.float64]:
    return np.stack([blend({0: 1.0, 1: n / 5000}) for n in range(count)])


def delete_many(vectors: NDArray[np.float64], space: Space) -> None:
    """Leave dead rows, which stay in the graph until a vacuum."""
    many_voiceprints([consenting("Gone")] * len(vectors), vectors, space)
    Voiceprint.objects.all().delete()


def only_by_index() -> None:
    """Make Postgres use the index, although sorting these few rows would be cheaper."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")


def firsts(found: Sequence[list[UUID]]) -> list[UUID]:
    return [people[0] for people in found]
