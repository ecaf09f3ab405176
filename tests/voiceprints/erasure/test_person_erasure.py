"""Somebody is forgotten: no vector, no file and no name is left."""

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
    Voiceprint,
)
from voiceprints.storage.locks import PersonNotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def emma() -> Person:
    return consenting("Emma Brook", aliases=["E. Brook"])


@pytest.fixture
def meeting(emma: Person) -> Transcript:
    """Emma spoke, shown as E. Brook; the result says so wherever it has names."""
    evidence = {"winner": {"name": "emma brook"}, "runner_up": {"name": "E. Brook"}}
    given = [{"cluster": "S0", "name": "E. Brook", "evidence": evidence}]
    said = [{"start_ms": 0, "end_ms": 9, "speaker": "E. Brook", "text": "Hello."}]
    result = {"speakers": given, "segments": said}
    kept = transcript(result=result, recording_name="2026-05 emma_brook, Ben.wav")
    voice = {"person": emma, "embedding": list(axis(0)), "space": Space.for_engine(SPACE)}
    speaker(kept, "S0", "E. Brook", **voice)
    return kept


def test_nothing_that_is_stored_has_the_name(emma: Person, meeting: Transcript) -> None:
    voiceprint_of(emma, axis(0))
    IdempotencyKey.objects.create(body={"name": "Emma Brook", "id": str(emma.id)}, **ASKED)
    note_of_the_admin(emma)

    erase_person(emma.id, actor="desk")

    everything = "\n".join(all_text()).casefold()
    assert "brook" not in everything
    assert "emma" not in everything


def test_no_vector_is_left(emma: Person, meeting: Transcript) -> None:
    voiceprint_of(emma, axis(0))

    erase_person(emma.id, actor="desk")

    assert not Voiceprint.objects.exists()
    assert not TranscriptSpeaker.objects.exclude(embedding=None).exists()


def test_a_transcript_shows_a_pseudonym(emma: Person, meeting: Transcript) -> None:
    done = erase_person(emma.id, actor="desk")

    kept = meeting.speakers.get()
    assert (kept.name, kept.person) == (f"Person {emma.id.hex[:4]}", None)
    assert (done.replacement, done.transcripts, done.prints) == (kept.name, 1, 0)


def test_a_transcript_shows_the_name_that_was_given(emma: Person, meeting: Transcript) -> None:
    erase_person(emma.id, actor="desk", replacement=" Customer  A ")

    meeting.refresh_from_db()
    assert meeting.speakers.get().name == "Customer A"
    assert meeting.result["segments"][0]["speaker"] == "Customer A"
    assert meeting.recording_name == "2026-05 Customer A, Ben.wav"


def test_a_transcript_that_was_never_linked_is_relabelled_too(emma: Person) -> None:
    kept = transcript(result={"speakers": [{"cluster": "S0", "name": "EMMA BROOK"}]})
    speaker(kept, "S0", "EMMA BROOK")

    erase_person(emma.id, actor="desk", replacement="Customer A")

    kept.refresh_from_db()
    assert kept.speakers.get().name == "Customer A"
    assert kept.result["speakers"][0]["name"] == "Customer A"


def test_a_name_that_only_the_evidence_tells_is_taken_out_too(emma: Person) -> None:
    told = {"cluster": "S0", "name": "Ben", "evidence": {"runner_up": {"name": "EMMA BROOK"}}}
    kept = transcript(result={"speakers": [told], "segments": []})

    erase_person(emma.id, actor="desk")

    kept.refresh_from_db()
    assert "emma" not in str(kept.result).lower()


def test_the_name_at_first_is_taken_out_too(emma: Person, meeting: Transcript) -> None:
    meeting.result["speakers"][0]["name"] = meeting.result["segments"][0]["speaker"] = "Emmi"
    meeting.save()

    erase_person(emma.id, actor="desk")

    meeting.refresh_from_db()
    assert "Emmi" not in str(meeting.result)


def test_others_keep_their_names_and_voices(emma: Person, meeting: Transcript) -> None:
    ben = consenting("Ben Brook")
    voiceprint_of(ben, axis(1))
    speaker(meeting, "S1", "Ben Brook", person=ben)

    erase_person(emma.id, actor="desk")

    assert [one.name for one in Person.objects.all()] == ["Ben Brook"]
    assert Voiceprint.objects.count() == 1
    assert meeting.speakers.get(label="S1").name == "Ben Brook"


def test_an_alias_elsewhere_is_somebody_else(emma: Person) -> None:
    kept = transcript(result={"speakers": [{"cluster": "S0", "name": "E. Brook"}]})
    speaker(kept, "S0", "E. Brook")

    erase_person(emma.id, actor="desk")

    assert kept.speakers.get().name == "E. Brook"


def test_a_pseudonym_that_is_taken_gets_more_digits(emma: Person) -> None:
    speaker(transcript(), "S0", f"Person {emma.id.hex[:4]}")

    assert pseudonym(emma) == f"Person {emma.id.hex[:5]}"


def test_what_was_said_stays_said(emma: Person, meeting: Transcript) -> None:
    meeting.blocks.create(
        speaker=meeting.speakers.get(), position=0, start_ms=0, end_ms=9, text="Emma Brook!"
    )

    erase_person(emma.id, actor="desk")

    assert meeting.blocks.get().text == "Emma Brook!"


def test_forgetting_is_audited_without_a_name(emma: Person, meeting: Transcript) -> None:
    voiceprint_of(emma, axis(0))

    erase_person(emma.id, actor="desk")

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.person_id) == ("desk", "forgotten", emma.id)
    assert entry.detail == {"prints": 1, "transcripts": 1}


def test_a_repeated_request_does_not_bring_anybody_back(emma: Person) -> None:
    kept = IdempotencyKey.objects.create(body={"id": str(emma.id)}, **ASKED)
    other = IdempotencyKey.objects.create(body={"name": "Ben"}, **ASKED | {"key": "2"})

    erase_person(emma.id, actor="desk")

    kept.refresh_from_db()
    other.refresh_from_db()
    assert (kept.body, kept.status) == (None, 201)
    assert other.body == {"name": "Ben"}


def test_a_kept_sample_is_deleted(
    emma: Person, samples: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    sample = samples / kept_sample(emma)

    with django_capture_on_commit_callbacks(execute=True):
        erase_person(emma.id, actor="desk")
        still_there = sample.exists()

    assert still_there
    assert not sample.exists()


@pytest.mark.parametrize("replacement", ["", " ", "the late emma brook", "E. Brook", "x" * 201])
def test_a_replacement_that_is_none_is_refused(emma: Person, replacement: str) -> None:
    with pytest.raises(ValueError, match="replacement: expected"):
        erase_person(emma.id, actor="desk", replacement=replacement)


def test_nobody_elses_name_is_a_replacement(emma: Person) -> None:
    consenting("Ben")

    with pytest.raises(ValueError, match="no other person has"):
        erase_person(emma.id, actor="desk", replacement="ben")


def test_nobody_is_forgotten_twice(emma: Person) -> None:
    erase_person(emma.id, actor="desk")

    with pytest.raises(PersonNotFound, match=str(emma.id)):
        erase_person(emma.id, actor="desk")


def test_nobody_unknown_is_forgotten() -> None:
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


def kept_sample(person: Person) -> str:
    kept = voiceprint_of(person, axis(0))
    kept.sample.save("emma.WAV", ContentFile(b"RIFF"))
    return str(kept.sample.name)


def note_of_the_admin(person: Person) -> None:
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
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            yield from (row for (row,) in cursor.fetchall())
