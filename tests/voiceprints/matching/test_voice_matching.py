"""Tests of voice matching, by comparing all voiceprints and by the index."""

import sys

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
from voiceprints.matching.voice_matching import (
    identify_voice,
    nearest_people,
    nearest_people_to_each,
)
from voiceprints.models import DIMENSION, Person, Space

Array = NDArray[np.float64]

pytestmark = pytest.mark.django_db


@pytest.fixture
def space() -> Space:
    return Space.for_engine(SPACE)


@pytest.fixture(params=[False, True], ids=["all", "index"])
def way(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    index_without_dead_rows: None,
) -> None:
    """Run a test with each way of searching, whatever the number of voiceprints."""
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 0 if request.param else sys.maxsize)
    monkeypatch.setattr(neighbours, "MOST_DEAD_PER_LIVE", sys.maxsize)
    with connection.cursor() as cursor:
        # Postgres would sort these few rows instead of using the index.
        cursor.execute(f"SET LOCAL enable_sort = {'off' if request.param else 'on'}")


def test_people_are_ranked_by_their_nearest_voiceprint(way: None, space: Space) -> None:
    ana, ben = consenting("Ana"), consenting("Ben")
    voiceprint_of(ana, axis(5))
    voiceprint_of(ana, blend({0: 0.8, 1: 0.6}))
    voiceprint_of(ben, blend({0: 0.6, 1: 0.8}))

    found = nearest_people(axis(0), space)

    assert [(one.name, round(one.similarity, 4)) for one in found] == [("Ana", 0.8), ("Ben", 0.6)]


def test_the_scale_of_an_embedding_carries_no_meaning(way: None, space: Space) -> None:
    voiceprint_of(consenting("Ana"), axis(0))

    [ana] = nearest_people(7 * axis(0), space)

    assert ana.similarity == pytest.approx(1.0)


def test_voiceprints_of_another_space_are_never_compared(way: None, space: Space) -> None:
    voiceprint_of(consenting("Ana"), axis(0), "campplus")

    assert nearest_people(axis(0), space) == []


def test_people_without_consent_are_never_found(way: None, space: Space) -> None:
    ana = consenting("Ana")
    voiceprint_of(ana, axis(0))
    Person.objects.filter(pk=ana.pk).update(consent_until=timezone.now())

    assert nearest_people(axis(0), space) == []


@pytest.mark.parametrize(
    "embedding",
    [np.zeros(DIMENSION), np.full(DIMENSION, 1e-200), np.ones(256), np.ones(0)],
)
def test_an_embedding_that_is_not_comparable_has_no_people(space: Space, embedding: Array) -> None:
    voiceprint_of(consenting("Ana"), axis(0))

    assert nearest_people(embedding, space) == []


def test_one_person_with_many_voiceprints_does_not_hide_others(way: None, space: Space) -> None:
    ana, ben = consenting("Ana"), consenting("Ben")
    many_voiceprints([ana] * 500, np.tile(axis(0), (500, 1)), space)
    voiceprint_of(ben, blend({0: 0.1, 1: 1.0}))

    assert [one.name for one in nearest_people(axis(0), space, limit=2)] == ["Ana", "Ben"]


def test_many_people_of_another_space_do_not_hide_others(way: None, space: Space) -> None:
    near = np.array([blend({0: 1.0, 1: n / 5000}) for n in range(1500)])
    many_voiceprints([consenting("Stranger")] * 1500, near, Space.for_engine("campplus"))
    voiceprint_of(consenting("Ana"), axis(1))

    assert [one.name for one in nearest_people(axis(0), space)] == ["Ana"]


def test_each_voice_has_its_own_people(way: None, space: Space) -> None:
    for number, name in enumerate(["Ana", "Ben", "Cem"]):
        voiceprint_of(consenting(name), axis(number))
    nan = np.full(DIMENSION, np.nan)

    found = nearest_people_to_each(
        [axis(1), np.zeros(DIMENSION), axis(0), nan, np.ones(3)], space, limit=1
    )

    assert [[one.name for one in people] for people in found] == [["Ben"], [], ["Ana"], [], []]


def test_a_voice_is_looked_up_in_no_more_queries_when_there_are_more_people(
    way: None, space: Space
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            nearest_people(axis(0), space)
        return len(asked)

    voiceprint_of(consenting("Ana"), axis(0))
    of_one = queries()
    for number in range(30):
        voiceprint_of(consenting(f"Ben {number}"), axis(number))

    assert queries() <= of_one


def test_a_voice_above_threshold_and_margin_is_identified(space: Space) -> None:
    ana = consenting("Ana")
    voiceprint_of(ana, axis(0))
    voiceprint_of(consenting("Ben"), axis(1))

    found = identify_voice(blend({0: 0.9, 1: 0.3}), space)

    assert found.decision == "match"
    assert found.match is not None
    assert found.match.person_id == ana.id
    assert found.margin == pytest.approx(0.6 / np.hypot(0.9, 0.3))


def test_two_equally_near_people_are_ambiguous(space: Space) -> None:
    voiceprint_of(consenting("Ana"), axis(0))
    voiceprint_of(consenting("Ben"), axis(1))

    found = identify_voice(blend({0: 1.0, 1: 1.0}), space, limit=1)

    assert (found.decision, found.match, len(found.candidates)) == ("ambiguous", None, 1)


def test_the_threshold_of_the_space_decides(space: Space) -> None:
    voiceprint_of(consenting("Ana"), blend({0: 0.6, 1: 0.8}))
    space.threshold = 0.7

    assert identify_voice(axis(0), space).decision == "unknown"


def test_a_candidate_does_not_show_its_vector(space: Space) -> None:
    voiceprint_of(consenting("Ana"), axis(0))

    assert "vector" not in repr(nearest_people(axis(0), space))
