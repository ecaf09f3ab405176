"""Tests of concurrent changes: no deadlocks, and no erased person comes back."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction

from audio.library import Provenance
from audio.merge.values import NamedSpeaker, NamedTranscript, Turn
from tests.voiceprints.people import (
    SHA256,
    SPACE,
    axis,
    consenting,
    speaker,
    transcript,
    voiceprint_of,
)
from tests.waiting import PATIENCE_S
from voiceprints.erasure.person_erasure import erase_person
from voiceprints.erasure.person_merge import merge_people
from voiceprints.erasure.retention import purge_expired
from voiceprints.models import Person, Transcript, TranscriptSpeaker, Voiceprint
from voiceprints.people.person_names import get_or_create_person
from voiceprints.storage.locks import PersonNotFound, lock_person
from voiceprints.transcripts.speaker_naming import name_speaker
from voiceprints.transcripts.transcript_store import store_transcript

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_enrolment_of_a_person_being_erased_fails() -> None:
    ana = consenting("Ana")

    with transaction.atomic():
        erase_person(ana.id, actor="desk")
        enrolment = waiting(lambda: enrol(ana))

    with pytest.raises(PersonNotFound):
        enrolment.result()
    assert not Voiceprint.objects.exists()


def test_a_person_being_enrolled_is_erased_with_the_new_voiceprint() -> None:
    ana = consenting("Ana")

    with transaction.atomic():
        enrol(ana)
        erasing = waiting(lambda: erase_person(ana.id, actor="desk"))

    assert erasing.result().voiceprints == 1
    assert not Person.objects.exists()


def test_two_enrolments_of_one_person_both_count() -> None:
    ana = consenting("Ana")

    with transaction.atomic():
        enrol(ana)
        second = waiting(lambda: enrol(ana))

    second.result()
    assert ana.voiceprints.count() == 2


def test_a_merge_into_a_person_being_erased_fails_without_loss() -> None:
    ana, ben = consenting("Ana"), consenting("Ben")
    voiceprint_of(ben, axis(1))

    with transaction.atomic():
        erase_person(ana.id, actor="desk")
        merging = waiting(lambda: merge_people(ben.id, ana.id, actor="desk"))

    with pytest.raises(PersonNotFound):
        merging.result()
    assert Voiceprint.objects.get().person == ben


def test_an_enrolment_of_a_person_being_merged_fails() -> None:
    ana, anna = consenting("Ana"), consenting("Anna")

    with transaction.atomic():
        merge_people(anna.id, ana.id, actor="desk")
        enrolment = waiting(lambda: enrol(anna))

    with pytest.raises(PersonNotFound):
        enrolment.result()
    assert Person.objects.get() == ana


def test_a_voiceprint_enrolled_during_a_merge_is_merged() -> None:
    ana, anna = consenting("Ana"), consenting("Anna")

    with transaction.atomic():
        enrol(anna)
        merging = waiting(lambda: merge_people(anna.id, ana.id, actor="desk"))

    assert merging.result().voiceprints == 1
    assert Voiceprint.objects.get().person == ana


def test_two_merges_into_each_other_leave_one_person() -> None:
    ana, anna = consenting("Ana"), consenting("Anna")

    with transaction.atomic():
        lock_person(min(ana.id, anna.id))
        first = waiting(lambda: merge_people(anna.id, ana.id, actor="desk"))
        second = started(lambda: merge_people(ana.id, anna.id, actor="desk"))

    assert sorted(type(one.exception()).__name__ for one in (first, second)) == [
        "NoneType",
        "PersonNotFound",
    ]
    assert Person.objects.count() == 1


def test_a_transcript_stored_during_an_erasure_does_not_have_the_name() -> None:
    ana = consenting("Ana")

    with transaction.atomic():
        erase_person(ana.id, actor="desk")
        keeping = waiting(lambda: store_transcript(named_transcript("Ana"), PROVENANCE))

    keeping.result()
    stored = TranscriptSpeaker.objects.get()
    assert (stored.name, stored.person, stored.embedding) == ("Unknown_0", None, None)


def test_a_transcript_being_stored_is_found_by_an_erasure() -> None:
    ana = consenting("Ana")

    with transaction.atomic():
        store_transcript(named_transcript("Ana"), PROVENANCE)
        erasing = waiting(lambda: erase_person(ana.id, actor="desk"))

    assert erasing.result().transcripts == 1
    assert "Ana" not in str(Transcript.objects.values())


def test_a_speaker_is_not_linked_to_a_person_being_erased() -> None:
    ana, meeting = consenting("Ana"), transcript()
    speaker(meeting, "S0", "Unknown_0")

    with transaction.atomic():
        erase_person(ana.id, actor="desk")
        naming = waiting(lambda: name_speaker(meeting.id, "S0", ana.id, actor="desk"))

    with pytest.raises(PersonNotFound):
        naming.result()
    assert meeting.speakers.get().name == "Unknown_0"


def test_two_namings_of_one_speaker_follow_each_other() -> None:
    ana, ben, meeting = consenting("Ana"), consenting("Ben"), transcript()
    speaker(meeting, "S0", "Unknown_0")

    with transaction.atomic():
        name_speaker(meeting.id, "S0", ana.id, actor="desk")
        second = waiting(lambda: name_speaker(meeting.id, "S0", ben.id, actor="desk"))

    second.result()
    assert meeting.speakers.get().name == "Ben"


def test_a_purge_does_not_delete_a_voice_with_renewed_consent() -> None:
    ana = consenting("Ana")
    voiceprint_of(ana, axis(0))
    Person.objects.update(consent_until=ana.created_at)

    with transaction.atomic():
        Person.objects.update(consent_until=None)
        purging = waiting(purge_expired)

    assert purging.result().voiceprints == 0
    assert Voiceprint.objects.exists()


def test_two_creations_of_one_person_make_one() -> None:
    with transaction.atomic():
        first = get_or_create_person("Ana", actor="desk")
        second = waiting(lambda: get_or_create_person("ana", actor="desk"))

    assert second.result() == first


def test_two_stores_under_one_key_make_one_transcript() -> None:
    once = replace(PROVENANCE, key="of this and so")
    with transaction.atomic():
        first = store_transcript(named_transcript("Ana"), once)
        second = waiting(lambda: store_transcript(named_transcript("Ben"), once))

    assert second.result() == first == Transcript.objects.get()


PROVENANCE = Provenance(sha256=SHA256, created_by="desk")


def enrol(person: Person) -> None:
    """Add a voiceprint under the lock of the person."""
    with transaction.atomic():
        voiceprint_of(lock_person(person.id), axis(0))


def named_transcript(name: str) -> NamedTranscript:
    speakers = (NamedSpeaker("S0", name, "voiceprint", axis(0)),)
    models = {"embedding": SPACE}
    return NamedTranscript("mono", 9.0, speakers, turns=(Turn(0, 4, name),), models=models)


def started(call: Callable[[], Any]) -> Future[Any]:
    """Start a call concurrently, in its own database connection."""
    pool = ThreadPoolExecutor(1)
    future = pool.submit(_in_own_connection, call)
    pool.shutdown(wait=False)
    return future


def waiting(call: Callable[[], Any]) -> Future[Any]:
    """Start a call, and return when it waits for a lock of this transaction."""
    future, deadline = started(call), time.monotonic() + PATIENCE_S
    while not future.done() and time.monotonic() < deadline:
        if _is_call_waiting():
            return future
        time.sleep(0.01)
    raise AssertionError("it waited for no lock")


def _in_own_connection(call: Callable[[], Any]) -> Any:
    try:
        return call()
    finally:
        connection.close()


def _is_call_waiting() -> bool:
    with connection.cursor() as cursor:
        # Not pg_stat_activity, which does not change within a transaction.
        cursor.execute(
            "SELECT count(*) FROM pg_locks "
            "WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])
