"""Tests that a purge deletes expired data and nothing else."""

import os
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_django import Settings

from tests.voiceprints.people import (
    SHA256,
    SPACE,
    axis,
    consenting,
    speaker,
    transcript,
    voiceprint_of,
)
from voiceprints.erasure.retention import PurgeCounts, purge_expired
from voiceprints.models import AuditEntry, IdempotencyKey, Person, Space, Transcript, Voiceprint

NOW = timezone.now()
TOMORROW = NOW + timedelta(days=1)
STRAY = "5b0f6a3e-6c1d-4f7e-9a53-2f0c8d1e7b94"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _samples(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_a_voice_is_deleted_when_consent_has_ended() -> None:
    ana = consenting("Ana", consent_until=TOMORROW)
    voiceprint_of(ana, axis(0))
    voice = {"embedding": list(axis(0)), "space": Space.for_engine(SPACE)}
    shown = speaker(transcript(), "S0", "Ana", person=ana, **voice)

    done = purge_expired(TOMORROW)

    shown.refresh_from_db()
    assert done == PurgeCounts(
        people=1, voiceprints=1, transcripts=0, idempotency_keys=0, samples=0, jobs=0
    )
    assert not Voiceprint.objects.exists()
    assert (shown.embedding, shown.name, shown.person) == (None, "Ana", ana)


def test_a_voice_stays_while_consent_is_in_force() -> None:
    voiceprint_of(consenting("Ana", consent_until=TOMORROW), axis(0))

    assert purge_expired(NOW).people == 0
    assert Voiceprint.objects.exists()


def test_a_voice_whose_consent_was_removed_is_deleted() -> None:
    ana = consenting("Ana")
    voiceprint_of(ana, axis(0))
    Person.objects.filter(pk=ana.pk).update(consent_given_at=None)

    assert purge_expired(NOW).voiceprints == 1


def test_an_embedding_of_a_person_never_asked_for_consent_stays() -> None:
    voice = {"embedding": list(axis(0)), "space": Space.for_engine(SPACE)}
    shown = speaker(transcript(), "S0", "A", person=Person.objects.create(name="A"), **voice)

    purge_expired(NOW)

    shown.refresh_from_db()
    assert shown.embedding is not None


def test_a_transcript_past_its_retention_is_deleted() -> None:
    transcript(retain_until=NOW)
    later = transcript(retain_until=TOMORROW)
    forever = transcript()

    assert purge_expired(NOW).transcripts == 1
    assert set(Transcript.objects.all()) == {later, forever}


def test_expired_idempotency_keys_are_deleted() -> None:
    asked = {"client": "desk", "method": "POST", "path": "/", "request_sha256": SHA256}
    IdempotencyKey.objects.create(key="1", **asked)

    assert purge_expired(NOW).idempotency_keys == 0
    assert purge_expired(NOW + timedelta(days=2)).idempotency_keys == 1


def test_a_sample_without_a_voiceprint_is_deleted(tmp_path: Path) -> None:
    new = f"{uuid4()}.wav"
    write_sample(tmp_path, f"{uuid4()}.wav", age_h=2)
    write_sample(tmp_path, new, age_h=0)

    assert purge_expired(NOW).samples == 1
    assert default_storage.listdir("samples")[1] == [new]


@pytest.mark.parametrize("name", ["interview.wav", "notes.txt", STRAY, f"x{STRAY}.wav"])
def test_a_file_with_another_name_stays(tmp_path: Path, name: str) -> None:
    write_sample(tmp_path, name, age_h=2)

    assert purge_expired(NOW).samples == 0
    assert default_storage.listdir("samples")[1] == [name]


def test_a_purge_is_audited_once() -> None:
    ana = consenting("Ana", consent_until=TOMORROW)
    voiceprint_of(ana, axis(0))

    purge_expired(TOMORROW)
    purge_expired(TOMORROW)

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.person_id) == ("purge_expired", "purged", ana.id)


def write_sample(folder: Path, name: str, *, age_h: int) -> None:
    path = folder / "samples" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"RIFF")
    os.utime(path, (NOW.timestamp() - age_h * 3600,) * 2)
