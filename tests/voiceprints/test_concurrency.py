"""What is done at the same moment: nobody waits in a circle, nothing comes back."""

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


def test_an_enrolment_of_somebody_being_forgotten_fails() -> None:
    ana = consenting("Ana")

    with transaction.atomic():
        erase_person(ana.id, actor="desk")
        enrolment = waiting(lambda: enrol(ana))

    with pytest.raises(PersonNotFound):
        enrolment.result()
    assert not Voiceprint.objects.exists()


def test_somebody_being_enrolled_is_forgotten_with_the_new_print() -> None:
    ana = consenting("Ana")

    with transaction.atomic():
        enrol(ana)
        forgetting = waiting(lambda: erase_person(ana.id, actor="desk"))

    assert forgetting.result().prints == 1
    assert not Person.objects.exists()


def test_two_enrolments_of_one_person_both_count() -> None:
    ana = consenting("Ana")

    with transaction.atomic():
        enrol(ana)
        second = waiting(lambda: enrol(ana))

    second.result()
    assert ana.voiceprints.count() == 2


def test_a_merge_into_somebody_being_forgotten_loses_nobody() -> None:
    ana, ben = consenting("Ana"), consenting("Ben")
    voiceprint_of(ben, axis(1))

    with transaction.atomic():
        erase_person(ana.id, actor="desk")
        merging = waiting(lambda: merge_people(ben.id, ana.id, actor="desk"))

    with pytest.raises(PersonNotFound):
        merging.result()
    assert Voiceprint.objects.get().person == ben


def test_an_enrolment_of_somebody_being_merged_fails() -> None:
    ana, anna = consenting("Ana"), consenting("Anna")

    with transaction.atomic():
        merge_people(anna.id, ana.id, actor="desk")
        enrolment = waiting(lambda: enrol(anna))

    with pytest.raises(PersonNotFound):
        enrolment.result()
    assert Person.objects.get() == ana


def test_a_print_enrolled_during_a_merge_is_merged() -> None:
    ana, anna = consenting("Ana"), consenting("Anna")

    with transaction.atomic():
        enrol(anna)
        merging = waiting(lambda: merge_people(anna.id, ana.id, actor="desk"))

    assert merging.result().prints == 1
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


def test_a_transcript_of_somebody_being_forgotten_does_not_bring_the_name_back() -> None:
    ana = consenting("Ana")

    with transaction.atomic():
        erase_person(ana.id, actor="desk")
        keeping = waiting(lambda: store_transcript(heard("Ana"), PROVENANCE))

    keeping.result()
    kept = TranscriptSpeaker.objects.get()
    assert (kept.name, kept.person, kept.embedding) == ("Unknown_0", None, None)


def test_a_transcript_being_kept_is_found_by_forgetting() -> None:
    ana = consenting("Ana")

    with transaction.atomic():
        store_transcript(heard("Ana"), PROVENANCE)
        forgetting = waiting(lambda: erase_person(ana.id, actor="desk"))

    assert forgetting.result().transcripts == 1
    assert "Ana" not in str(Transcript.objects.values())


def test_a_speaker_is_not_named_after_somebody_being_forgotten() -> None:
    ana, meeting = consenting("Ana"), transcript()
    speaker(meeting, "S0", "Unknown_0")

    with transaction.atomic():
        erase_person(ana.id, actor="desk")
        naming = waiting(lambda: name_speaker(meeting.id, "S0", ana.id, actor="desk"))

    with pytest.raises(PersonNotFound):
        naming.result()
    assert meeting.speakers.get().name == "Unknown_0"


def test_two_who_name_the_same_speaker_follow_one_another() -> None:
    ana, ben, meeting = consenting("Ana"), consenting("Ben"), transcript()
    speaker(meeting, "S0", "Unknown_0")

    with transaction.atomic():
        name_speaker(meeting.id, "S0", ana.id, actor="desk")
        second = waiting(lambda: name_speaker(meeting.id, "S0", ben.id, actor="desk"))

    second.result()
    assert meeting.speakers.get().name == "Ben"


def test_a_purge_does_not_delete_what_is_allowed_again_meanwhile() -> None:
    ana = consenting("Ana")
    voiceprint_of(ana, axis(0))
    Person.objects.update(consent_until=ana.created_at)

    with transaction.atomic():
        Person.objects.update(consent_until=None)
        purging = waiting(purge_expired)

    assert purging.result().prints == 0
    assert Voiceprint.objects.exists()


def test_two_who_make_the_same_person_make_one() -> None:
    with transaction.atomic():
        first = get_or_create_person("Ana", actor="desk")
        second = waiting(lambda: get_or_create_person("ana", actor="desk"))

    assert second.result() == first


def test_two_who_keep_the_same_at_once_keep_one() -> None:
    once = replace(PROVENANCE, key="of this and so")
    with transaction.atomic():
        first = store_transcript(heard("Ana"), once)
        second = waiting(lambda: store_transcript(heard("Ben"), once))

    assert second.result() == first == Transcript.objects.get()


PROVENANCE = Provenance(sha256=SHA256, created_by="desk")


def enrol(person: Person) -> None:
    """As whoever adds a print must: under the person's lock."""
    with transaction.atomic():
        voiceprint_of(lock_person(person.id), axis(0))


def heard(name: str) -> NamedTranscript:
    speakers = (NamedSpeaker("S0", name, "voiceprint", axis(0)),)
    models = {"embedding": SPACE}
    return NamedTranscript("mono", 9.0, speakers, turns=(Turn(0, 4, name),), models=models)


def started(call: Callable[[], Any]) -> Future[Any]:
    """Do it at the same moment, in a connection of its own."""
    pool = ThreadPoolExecutor(1)
    future = pool.submit(_in_own_connection, call)
    pool.shutdown(wait=False)
    return future


def waiting(call: Callable[[], Any]) -> Future[Any]:
    """Start it, and go on once it waits for a lock of this transaction."""
    future, deadline = started(call), time.monotonic() + PATIENCE_S
    while not future.done() and time.monotonic() < deadline:
        if _somebody_waits():
            return future
        time.sleep(0.01)
    raise AssertionError("it waited for no lock")


def _in_own_connection(call: Callable[[], Any]) -> Any:
    try:
        return call()
    finally:
        connection.close()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        # Not pg_stat_activity, which stands still within a transaction.
        cursor.execute(
            "SELECT count(*) FROM pg_locks "
            "WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])
