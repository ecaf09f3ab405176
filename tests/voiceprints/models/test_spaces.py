"""Tests of the constraints on spaces."""

import pytest
from django.db import IntegrityError

from tests.voiceprints.models.immediate_changes import delete_now, update_now
from tests.voiceprints.people import axis, consenting, voiceprint_of
from voiceprints.models import (
    Space,
)

pytestmark = pytest.mark.django_db


def test_a_space_in_use_is_not_deleted() -> None:
    used = voiceprint_of(consenting("Ana"), axis(0)).space

    with pytest.raises(IntegrityError):
        delete_now("voiceprints_space", used.pk)


def test_the_space_of_an_engine_is_created_once() -> None:
    first = Space.for_engine("campplus@92f2")

    assert Space.for_engine("campplus@92f2") == first
    assert (first.model, first.revision, str(first)) == ("campplus", "92f2", "campplus@92f2")


def test_a_model_without_revision_is_a_space_of_its_own() -> None:
    Space.for_engine("campplus@92f2")

    assert Space.named("campplus") is None
    assert str(Space.for_engine("campplus")) == "campplus"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("model", ""),
        ("dimension", 256),
        ("threshold", 1.5),
        ("margin", -0.1),
        ("threshold_source", "guess"),
    ],
)
def test_a_space_cannot_get_an_invalid_value(field: str, value: object) -> None:
    Space.for_engine("titanet")

    with pytest.raises(IntegrityError):
        update_now(Space, field, value)
