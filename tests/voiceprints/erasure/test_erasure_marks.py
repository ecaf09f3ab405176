"""Tests of the names that are known as erased, of marks, and of the lock of names."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from audio.context import replaced
from audio.library import LibraryUnavailable
from tests.voiceprints.people import consenting
from tests.voiceprints.test_concurrency import waiting
from voiceprints.erasure.person_erasure import erase_person
from voiceprints.erasure.retention import purge_expired
from voiceprints.models import ErasedName
from voiceprints.people.erasure_marks import (
    LONGEST_WORK,
    RETENTION,
    ErasedNames,
    LibraryMark,
    lock_names,
    take_mark,
    work_marked,
)
from voiceprints.people.person_names import get_or_create_person

pytestmark = pytest.mark.django_db(transaction=True)


def erase(name: str, **fields: object) -> str:
    return erase_person(consenting(name, **fields).id, actor="desk").replacement


def names_erased() -> ErasedNames:
    with transaction.atomic():
        return lock_names()


def test_a_name_erased_after_the_mark_is_replaced_however_it_is_spelled() -> None:
    with work_marked():
        replacement = erase("Zoé Brook")
        erased = names_erased()

    assert {erased.replacement(name) for name in ("ZOÉ  BROOK", "zoe\u0301 brook")} == {
        replacement
    }
    assert erased.replacement("Zoe Brook") is None


def test_a_name_erased_before_the_mark_is_not_replaced() -> None:
    erase("Zoé Brook")

    with work_marked():
        assert names_erased().replacement("Zoé Brook") is None


def test_work_inside_other_work_has_the_mark_of_that() -> None:
    with work_marked():
        replacement = erase("Zoé Brook")
        with work_marked():
            assert names_erased().replacement("Zoé Brook") == replacement


def test_an_alias_of_two_people_is_not_replaced() -> None:
    consenting("Anna", aliases=["Ann"])

    with work_marked():
        erase("Ana", aliases=["Ann", "Nan"])
        erased = names_erased()

    assert erased.replacement("Ann") is None
    assert erased.replacement("Nan") is not None


def test_no_row_has_the_name_and_another_key_makes_other_digests(settings: Settings) -> None:
    with work_marked():
        erase("Zoé Brook")
        assert "brook" not in str(list(ErasedName.objects.values())).lower()
        settings.SECRET_KEY = "another"

        assert names_erased().replacement("Zoé Brook") is None


def test_storing_waits_for_an_erasure_under_way() -> None:
    with work_marked(), transaction.atomic():
        erase("Zoé Brook")
        storing = waiting(names_erased)

    assert storing.result().replacement("Zoé Brook") is not None


def test_an_erasure_waits_for_storing_under_way() -> None:
    zoe = consenting("Zoé Brook")

    with transaction.atomic():
        lock_names()
        erasing = waiting(lambda: erase_person(zoe.id, actor="desk"))

    assert erasing.result().voiceprints == 0


def test_a_person_created_while_the_name_is_erased_is_new_work() -> None:
    erase("Zoé Brook")

    assert get_or_create_person("Zoé Brook", actor="desk").name == "Zoé Brook"


def test_work_that_is_too_old_stores_nothing() -> None:
    old = LibraryMark(0, timezone.now() - LONGEST_WORK - timedelta(seconds=1))

    with replaced(library_mark=old), pytest.raises(LibraryUnavailable):
        names_erased()


def test_a_purge_deletes_erased_names_that_no_work_can_have_read() -> None:
    erase("Zoé Brook")

    purge_expired(timezone.now() + RETENTION - timedelta(hours=1))
    kept = ErasedName.objects.exists()
    purge_expired(timezone.now() + RETENTION + timedelta(hours=1))

    assert kept
    assert not ErasedName.objects.exists()


def test_a_mark_after_a_purge_still_finds_later_erasures() -> None:
    erase("Ana")
    ErasedName.objects.all().delete()

    with replaced(library_mark=take_mark()):
        replacement = erase("Zoé Brook")
        assert names_erased().replacement("Zoé Brook") == replacement


def test_the_lock_needs_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        lock_names()
