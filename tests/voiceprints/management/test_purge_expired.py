"""manage.py purge_expired"""

import os
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import Settings

from tests.voiceprints.management.conftest import Run
from tests.voiceprints.people import axis, consenting, transcript, voiceprint_of
from voiceprints.models import AuditEntry, Person, Transcript, Voiceprint

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _due(tmp_path: Path, settings: Settings) -> None:
    """Store an expired voice, an expired transcript and an unused sample."""
    settings.MEDIA_ROOT = tmp_path
    voiceprint_of(consenting("Ana"), axis(0))
    voiceprint_of(ben := consenting("Ben"), axis(1))
    Person.objects.filter(pk=ben.pk).update(consent_until=timezone.now())
    transcript(retain_until=timezone.now())
    orphan = tmp_path / "samples" / f"{uuid4()}.wav"
    orphan.parent.mkdir()
    orphan.write_bytes(b"")
    two_hours_ago = (timezone.now() - timedelta(hours=2)).timestamp()
    os.utime(orphan, (two_hours_ago, two_hours_ago))


FIGURES = (
    "the voices of 1 people (1 voiceprints), 1 transcripts, 0 stored responses, "
    "1 samples without a voiceprint, 0 jobs past JOB_DAYS.\n"
)


def test_expired_data_is_deleted(run: Run, tmp_path: Path) -> None:
    assert run("purge_expired") == f"Deleted: {FIGURES}"
    assert Voiceprint.objects.get().person.name == "Ana"
    assert not Transcript.objects.exists()
    assert list((tmp_path / "samples").iterdir()) == []


def test_a_dry_run_counts_expired_data(run: Run, tmp_path: Path) -> None:
    assert run("purge_expired", "--dry-run") == f"Would be deleted: {FIGURES}"
    assert (Voiceprint.objects.count(), Transcript.objects.count()) == (2, 1)
    assert len(list((tmp_path / "samples").iterdir())) == 1


def test_it_is_written_down(run: Run) -> None:
    run("purge_expired")

    actors = set(AuditEntry.objects.values_list("actor", flat=True))
    assert actors == {f"manage.py purge_expired, uid {os.getuid()}"}
