"""Tests of the thresholds that the library sets for its spaces."""

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.voiceprints.people import (
    SPACE,
    axis,
    blend,
    consenting,
    many_voiceprints,
    voiceprint_of,
)
from voiceprints.enrolment.voice_enrolment import enrol_embedding
from voiceprints.erasure.person_merge import merge_people
from voiceprints.erasure.retention import purge_expired
from voiceprints.erasure.voice_erasure import delete_voiceprint
from voiceprints.matching import neighbours
from voiceprints.matching.neighbours import nearest_others
from voiceprints.matching.space_thresholds import (
    automatic_threshold,
    explain_threshold,
    update_threshold,
)
from voiceprints.models import DIMENSION, Person, Space, Voiceprint
from voiceprints.models.spaces import ThresholdSource

Commits = DjangoCaptureOnCommitCallbacks


def test_the_threshold_is_the_quantile_of_the_nearest_others() -> None:
    nearest = np.linspace(0.5, 0.7, 21).tolist()

    chosen = automatic_threshold(nearest, people=21, voiceprints=21)

    assert chosen.value == pytest.approx(0.68)
    assert chosen.source == ThresholdSource.NEIGHBOURS


def test_people_who_are_unlike_each_other_leave_the_threshold_at_one_half() -> None:
    assert automatic_threshold([0.1] * 30, people=30, voiceprints=30).value == 0.5


def test_the_threshold_remains_a_cosine_where_all_voices_are_equal() -> None:
    assert automatic_threshold([1.0 + 1e-9] * 9, people=9, voiceprints=9).value == 1.0


@pytest.mark.parametrize(
    ("voiceprints", "threshold"), [(1, 0.45), (12, 0.4504), (50, 0.5), (500, 0.55)]
)
def test_with_few_people_the_size_decides(voiceprints: int, threshold: float) -> None:
    chosen = automatic_threshold([0.9] * voiceprints, people=6, voiceprints=voiceprints)

    assert chosen.value == pytest.approx(threshold, abs=1e-4)
    assert chosen.source == ThresholdSource.SIZE


def test_an_empty_library_has_the_default() -> None:
    assert automatic_threshold([], people=0, voiceprints=0).source == ThresholdSource.DEFAULT


@pytest.mark.django_db
@pytest.mark.parametrize("exact_up_to", [2_000, 0])
def test_the_nearest_voiceprint_of_another_person_counts(
    exact_up_to: int, monkeypatch: pytest.MonkeyPatch, index_without_dead_rows: None
) -> None:
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", exact_up_to)
    monkeypatch.setattr(neighbours, "MOST_DEAD_PER_LIVE", 1e9)
    ana = consenting("Ana")
    voiceprint_of(ana, axis(0))
    voiceprint_of(ana, blend({0: 0.99, 1: 0.1}))
    space = voiceprint_of(consenting("Ben"), blend({0: 0.6, 2: 0.8})).space
    voiceprint_of(consenting("Eva"), axis(0), "another model")

    usable = Voiceprint.objects.usable(space, timezone.now())

    expected = sorted([0.6, 0.6 * 0.99 / np.hypot(0.99, 0.1), 0.6])
    assert sorted(nearest_others(usable, space, sample=9)) == pytest.approx(expected)


@pytest.mark.django_db
def test_people_without_consent_do_not_count() -> None:
    space = crowd(8)
    Person.objects.exclude(name="Person 0").update(consent_until=timezone.now())

    update_threshold(space.pk)

    space.refresh_from_db()
    assert (space.threshold_source, space.threshold_people) == ("size", 1)


@pytest.mark.django_db
def test_an_enrolment_updates_the_threshold(
    django_capture_on_commit_callbacks: Commits,
) -> None:
    space = crowd(8)

    with django_capture_on_commit_callbacks(execute=True):
        enrol_embedding(consenting("Ana").id, axis(100), SPACE, actor="desk")

    space.refresh_from_db()
    assert space.threshold == pytest.approx(0.8, abs=1e-3)
    assert "voiceprints 9, people 9" in explain_threshold(space)


@pytest.mark.django_db
def test_a_deletion_updates_the_threshold(
    django_capture_on_commit_callbacks: Commits,
) -> None:
    space = crowd(7)
    update_threshold(space.pk)
    gone = Voiceprint.objects.all()[0]

    with django_capture_on_commit_callbacks(execute=True):
        delete_voiceprint(gone.person_id, gone.id, actor="desk")

    space.refresh_from_db()
    assert (space.threshold, space.threshold_source) == (0.45, "size")


@pytest.mark.django_db
def test_a_merge_of_two_people_updates_the_threshold(
    django_capture_on_commit_callbacks: Commits,
) -> None:
    space = crowd(7)
    update_threshold(space.pk)
    first, second = Person.objects.all()[:2]

    with django_capture_on_commit_callbacks(execute=True):
        merge_people(first.id, second.id, actor="desk")

    space.refresh_from_db()
    assert (space.threshold_people, space.threshold_source) == (6, "size")


@pytest.mark.django_db
def test_a_purge_computes_all_thresholds() -> None:
    space = crowd(8)

    purge_expired()

    space.refresh_from_db()
    assert space.threshold_source == "neighbours"


@pytest.mark.django_db
def test_an_administrators_own_threshold_stays() -> None:
    space = crowd(8)
    Space.objects.update(threshold=0.9, threshold_source="operator")

    update_threshold(space.pk, is_forced=True)

    space.refresh_from_db()
    assert space.threshold == 0.9


@pytest.mark.django_db
def test_voices_are_compared_again_only_after_a_change_of_one_percent() -> None:
    space = crowd(8)
    update_threshold(space.pk)

    with CaptureQueriesContext(connection) as asked:
        update_threshold(space.pk)

    assert not any("<=>" in query["sql"] for query in asked)


@pytest.mark.django_db
def test_a_crowded_library_asks_no_more_of_the_samples_of_one_person() -> None:
    space = crowd(8)
    update_threshold(space.pk)

    space.refresh_from_db()
    assert (space.threshold > 0.7, space.same_voice_threshold) == (True, 0.5)


@pytest.mark.django_db
def test_people_near_to_each_other_are_enrolled_and_raise_the_threshold(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    for number in range(8):
        near = blend({0: np.sqrt(0.6), number + 1: np.sqrt(0.4)})
        with django_capture_on_commit_callbacks(execute=True):
            enrol_embedding(consenting(f"Person {number}").id, near, SPACE, actor="desk")

    assert Space.objects.get().threshold == pytest.approx(0.6)


def crowd(people: int) -> Space:
    """Store people each two of whom have a cosine of 0.8."""
    owners = [consenting(f"Person {number}") for number in range(people)]
    own = np.eye(DIMENSION)[1 : people + 1]
    vectors = np.sqrt(0.8) * axis(0) + np.sqrt(0.2) * own
    space = Space.for_engine(SPACE)
    many_voiceprints(owners, vectors, space)
    return space
