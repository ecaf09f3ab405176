"""Tests of the constraints and triggers on people."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection
from django.utils import timezone

from audio.merge.name_spelling import name_key
from tests.voiceprints.people import consenting
from voiceprints.models import (
    Person,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["", " ", " Ana", "Ana ", "\t"])
def test_a_person_has_a_name_without_space_around_it(name: str) -> None:
    with pytest.raises(IntegrityError, match="person_is_named"):
        Person.objects.bulk_create([Person(name=name)])


def test_two_people_do_not_share_a_name_in_whatever_case() -> None:
    Person.objects.create(name="Ana Ruß")

    with pytest.raises(IntegrityError, match="person_name_is_unique"):
        Person.objects.bulk_create([Person(name="ANA RUß")])


def test_every_former_name_is_stored_whatever_changes_it() -> None:
    ana = Person.objects.create(name="Ana")
    Person.objects.filter(pk=ana.pk).update(name="Ana Ruiz")
    ana.name = "Anna Ruiz"
    ana.save()

    ana.refresh_from_db()
    assert sorted(ana.former_names) == ["Ana", "Ana Ruiz"]


@pytest.mark.parametrize("name", ["ΝΙΚΟΣ", "İnci", "ẞ Ruß", "ÉVA", "ǅ", "ΑΣ Σ"])
def test_the_database_and_the_code_compare_names_alike(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower(%s)", [name])

        assert cursor.fetchone() == (name_key(name),)


def test_a_person_is_found_by_any_spelling_of_the_name() -> None:
    zoe = Person.objects.create(name="Zoé Nuñez")

    assert Person.objects.named(" ZOE\u0301  Nun\u0303ez\u200b").get() == zoe


def test_a_name_has_at_most_200_characters() -> None:
    with pytest.raises(DatabaseError, match="too long"):
        Person.objects.bulk_create([Person(name="a" * 201)])


def test_consent_does_not_end_before_it_began() -> None:
    now = timezone.now()

    with pytest.raises(IntegrityError, match="person_consent"):
        Person.objects.bulk_create([Person(name="A", consent_given_at=now, consent_until=now)])


def test_consent_that_was_never_given_does_not_end() -> None:
    with pytest.raises(IntegrityError, match="person_consent"):
        Person.objects.bulk_create([Person(name="Ana", consent_until=timezone.now())])


def test_every_change_of_a_person_counts_as_a_version() -> None:
    ana = Person.objects.create(name="Ana")

    Person.objects.filter(pk=ana.pk).update(notes="met in May")

    ana.refresh_from_db()
    assert ana.version == 2
    assert ana.updated_at > ana.created_at


def test_people_with_consent_in_force_are_found() -> None:
    now = timezone.now()
    Person.objects.create(name="Never asked")
    consenting("Withdrawn", consent_until=now)
    consenting("Not yet", consent_given_at=now + timedelta(days=1))
    consenting("For a while", consent_until=now + timedelta(days=1))
    consenting("For good")

    agreed = Person.objects.consenting(now)

    assert [person.name for person in agreed] == ["For a while", "For good"]


@pytest.mark.parametrize("until_days", [None, 1, -0.5])
def test_a_person_and_the_database_agree_on_consent(until_days: float | None) -> None:
    now = timezone.now()
    until = None if until_days is None else now + timedelta(days=until_days)
    ana = consenting("Ana", consent_until=until)

    assert ana.has_consent(now) == Person.objects.consenting(now).exists()
