"""Tests that an erased person leaves no embedding, no file and no name."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import connection
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from tests.voiceprints.people import (
    SHA256,
    SPACE,
    axis,
    consenting,
    speaker,
    transcript,
    voiceprint_of,
)
from voiceprints.erasure.person_erasure import erase_person, pseudonym
from voiceprints.models import (
    AuditEntry,
    IdempotencyKey,
    Person,
    Space,
    Transcript,
    TranscriptSpeaker,
    Vocabulary,
    Voiceprint,
)
from voiceprints.storage.locks import PersonNotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def emma() -> Person:
    return consenting("Emma Brook", aliases=["E. Brook"])


@pytest.fixture
def meeting(emma: Person) -> Transcript:
    """A transcript in which Emma spoke, shown as E. Brook, also in the result."""
    evidence = {"winner": {"name": "emma brook"}, "runner_up": {"name": "E. Brook"}}
    given = [{"cluster": "S0", "name": "E. Brook", "evidence": evidence}]
    segments = [{"start_ms": 0, "end_ms": 9, "speaker": "E. Brook", "text": "Hello."}]
    result = {"speakers": given, "segments": segments}
    stored = transcript(result=result, recording_name="2026-05 emma_brook, Ben.wav")
    voice = {"person": emma, "embedding": list(axis(0)), "space": Space.for_engine(SPACE)}
    speaker(stored, "S0", "E. Brook", **voice)
    return stored


def test_the_name_is_in_no_table(emma: Person, meeting: Transcript) -> None:
    voiceprint_of(emma, axis(0))
    IdempotencyKey.objects.create(body={"name": "Emma Brook", "id": str(emma.id)}, **ASKED)
    add_admin_log_entry(emma)
    Vocabulary.objects.create(key="desk", terms=["Emma Brook", "BROOK", "Dr Emma Brook", "Ana"])

    erase_person(emma.id, actor="desk")

    everything = "\n".join(all_text()).casefold()
    assert "brook" not in everything
    assert "emma" not in everything


def test_a_term_that_another_person_may_have_remains(emma: Person) -> None:
    consenting("Emma Stone")
    Vocabulary.objects.create(key="desk", terms=["Emma", "Brook", "Brooklyn", "Emma Brook"])
    Vocabulary.objects.create(key="other", terms=["Brook"])

    erase_person(emma.id, actor="desk")

    assert list(Vocabulary.objects.values_list("terms", flat=True)) == [
        ["Emma", "Brooklyn"],
        [],
    ]


def test_a_term_with_a_single_letter_of_the_name_remains() -> None:
    person = consenting("Emma C. Brook")
    Vocabulary.objects.create(key="desk", terms=["C++", "Emma C. Brook"])

    erase_person(person.id, actor="desk")

    assert Vocabulary.objects.get().terms == ["C++"]


def test_no_embedding_remains(emma: Person, meeting: Transcript) -> None:
    voiceprint_of(emma, axis(0))

    erase_person(emma.id, actor="desk")

    assert not Voiceprint.objects.exists()
    assert not TranscriptSpeaker.objects.exclude(embedding=None).exists()


def test_a_transcript_shows_a_pseudonym(emma: Person, meeting: Transcript) -> None:
    done = erase_person(emma.id, actor="desk")

    stored = meeting.speakers.get()
    assert (stored.name, stored.person) == (f"Person {emma.id.hex[:4]}", None)
    assert (done.replacement, done.transcripts, done.voiceprints) == (stored.name, 1, 0)


def test_a_transcript_shows_the_given_replacement(emma: Person, meeting: Transcript) -> None:
    erase_person(emma.id, actor="desk", replacement=" Customer  A ")

    meeting.refresh_from_db()
    assert meeting.speakers.get().name == "Customer A"
    assert meeting.result["segments"][0]["speaker"] == "Customer A"
    assert meeting.recording_name == "2026-05 Customer A, Ben.wav"


def test_a_transcript_without_a_link_is_renamed_too(emma: Person) -> None:
    stored = transcript(result={"speakers": [{"cluster": "S0", "name": "EMMA BROOK"}]})
    speaker(stored, "S0", "EMMA BROOK")

    erase_person(emma.id, actor="desk", replacement="Customer A")

    stored.refresh_from_db()
    assert stored.speakers.get().name == "Customer A"
    assert stored.result["speakers"][0]["name"] == "Customer A"


def test_a_name_that_only_the_evidence_contains_is_replaced(emma: Person) -> None:
    other_speaker = {
        "cluster": "S0",
        "name": "Ben",
        "evidence": {"runner_up": {"name": "EMMA BROOK"}},
    }
    stored = transcript(result={"speakers": [other_speaker], "segments": []})

    erase_person(emma.id, actor="desk")

    stored.refresh_from_db()
    assert "emma" not in str(stored.result).lower()


def test_the_first_name_in_the_result_is_replaced(emma: Person, meeting: Transcript) -> None:
    meeting.result["speakers"][0]["name"] = meeting.result["segments"][0]["speaker"] = "Emmi"
    meeting.save()

    erase_person(emma.id, actor="desk")

    meeting.refresh_from_db()
    assert "Emmi" not in str(meeting.result)


def test_other_people_do_not_lose_names_and_voices(emma: Person, meeting: Transcript) -> None:
    ben = consenting("Ben Brook")
    voiceprint_of(ben, axis(1))
    speaker(meeting, "S1", "Ben Brook", person=ben)

    erase_person(emma.id, actor="desk")

    assert [one.name for one in Person.objects.all()] == ["Ben Brook"]
    assert Voiceprint.objects.count() == 1
    assert meeting.speakers.get(label="S1").name == "Ben Brook"


def test_an_alias_in_other_transcripts_stays(emma: Person) -> None:
    stored = transcript(result={"speakers": [{"cluster": "S0", "name": "E. Brook"}]})
    speaker(stored, "S0", "E. Brook")

    erase_person(emma.id, actor="desk")

    assert stored.speakers.get().name == "E. Brook"


def test_a_pseudonym_that_is_taken_gets_more_digits(emma: Person) -> None:
    speaker(transcript(), "S0", f"Person {emma.id.hex[:4]}")

    assert pseudonym(emma) == f"Person {emma.id.hex[:5]}"


def test_the_text_of_a_transcript_stays(emma: Person, meeting: Transcript) -> None:
    meeting.blocks.create(
        speaker=meeting.speakers.get(), position=0, start_ms=0, end_ms=9, text="Emma Brook!"
    )

    erase_person(emma.id, actor="desk")

    assert meeting.blocks.get().text == "Emma Brook!"


def test_erasing_is_audited_without_a_name(emma: Person, meeting: Transcript) -> None:
    voiceprint_of(emma, axis(0))

    erase_person(emma.id, actor="desk")

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.person_id) == ("desk", "forgotten", emma.id)
    assert entry.detail == {"prints": 1, "transcripts": 1}


def test_a_repeated_request_does_not_create_the_person_again(emma: Person) -> None:
    stored = IdempotencyKey.objects.create(body={"id": str(emma.id)}, **ASKED)
    other = IdempotencyKey.objects.create(body={"name": "Ben"}, **ASKED | {"key": "2"})

    erase_person(emma.id, actor="desk")

    stored.refresh_from_db()
    other.refresh_from_db()
    assert (stored.body, stored.status) == (None, 201)
    assert other.body == {"name": "Ben"}


def test_a_stored_sample_is_deleted(
    emma: Person, samples: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    sample = samples / store_sample(emma)

    with django_capture_on_commit_callbacks(execute=True):
        erase_person(emma.id, actor="desk")
        still_there = sample.exists()

    assert still_there
    assert not sample.exists()


@pytest.mark.parametrize("replacement", ["", " ", "the late emma brook", "E. Brook", "x" * 201])
def test_an_invalid_replacement_is_refused(emma: Person, replacement: str) -> None:
    with pytest.raises(ValueError, match="replacement: expected"):
        erase_person(emma.id, actor="desk", replacement=replacement)


def test_another_persons_name_is_refused_as_replacement(emma: Person) -> None:
    consenting("Ben")

    with pytest.raises(ValueError, match="no other person has"):
        erase_person(emma.id, actor="desk", replacement="ben")


def test_a_person_is_not_erased_twice(emma: Person) -> None:
    erase_person(emma.id, actor="desk")

    with pytest.raises(PersonNotFound, match=str(emma.id)):
        erase_person(emma.id, actor="desk")


def test_an_unknown_person_is_not_erased() -> None:
    with pytest.raises(PersonNotFound):
        erase_person(uuid4(), actor="desk")


ASKED = {
    "client": "desk",
    "key": "1",
    "method": "POST",
    "path": "/api/people",
    "request_sha256": SHA256,
    "status": 201,
}


@pytest.fixture
def samples(tmp_path: Path, settings: Settings) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def store_sample(person: Person) -> str:
    stored = voiceprint_of(person, axis(0))
    stored.sample.save("emma.WAV", ContentFile(b"RIFF"))
    return str(stored.sample.name)


def add_admin_log_entry(person: Person) -> None:
    changed = json.dumps([{"changed": {"name": "person", "object": str(person)}}])
    LogEntry.objects.create(
        user=User.objects.create(username="admin"),
        content_type=ContentType.objects.get_for_model(Person),
        object_id=str(person.id),
        object_repr=str(person),
        action_flag=CHANGE,
        change_message=changed,
    )


def all_text() -> Iterator[str]:
    """Yield every row of every table as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            yield from (row for (row,) in cursor.fetchall())
