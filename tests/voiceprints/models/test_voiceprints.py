"""Tests of the constraints and triggers on voiceprints."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError
from django.utils import timezone

from tests.voiceprints.models.immediate_changes import update_now
from tests.voiceprints.people import axis, consenting, voiceprint_of
from voiceprints.models import (
    Person,
    Space,
    Voiceprint,
)

pytestmark = pytest.mark.django_db


def test_a_voiceprint_needs_the_consent_of_its_person() -> None:
    never_asked = Person.objects.create(name="Ana")

    with pytest.raises(IntegrityError, match="consent"):
        voiceprint_of(never_asked, axis(0))


def test_a_voiceprint_needs_consent_that_is_in_force() -> None:
    withdrawn = consenting("Ana", consent_until=timezone.now())

    with pytest.raises(IntegrityError, match="consent"):
        voiceprint_of(withdrawn, axis(0))


@pytest.mark.parametrize("length", [0.0, 0.9, 1.1])
def test_a_voiceprint_has_length_one(length: float) -> None:
    with pytest.raises(IntegrityError, match="voiceprint_has_length_one"):
        voiceprint_of(consenting("Ana"), axis(0) * length)


def test_a_voiceprint_of_another_length_fails_validation() -> None:
    ana, space = consenting("Ana"), Space.for_engine("titanet")
    given = {"person": ana, "space": space, "source": "caller", "created_by": "desk"}

    with pytest.raises(ValidationError, match="voiceprint_has_length_one"):
        Voiceprint(vector=list(axis(0) * 2), **given).full_clean()


def test_a_voiceprint_has_the_dimension_of_its_space() -> None:
    with pytest.raises(DatabaseError, match="expected 192 dimensions"):
        voiceprint_of(consenting("Ana"), [1.0, 0.0])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("source", "rumour"),
        ("speech_s", -1.0),
        ("sample_end_s", 3.0),
        ("sample_start_s", 3.0),
        ("vector", list(axis(0) * 3)),
        ("space_id", -1),
    ],
)
def test_a_voiceprint_cannot_get_an_invalid_value(field: str, value: object) -> None:
    voiceprint_of(consenting("Ana"), axis(0))

    with pytest.raises(IntegrityError):
        update_now(Voiceprint, field, value)


def test_a_sample_ends_after_it_began() -> None:
    stored = voiceprint_of(consenting("Ana"), axis(0))

    with pytest.raises(IntegrityError, match="voiceprint_sample_is_a_span"):
        Voiceprint.objects.filter(pk=stored.pk).update(sample_start_s=2.0, sample_end_s=2.0)
