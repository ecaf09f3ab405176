"""The admin pages of jobs, which users read and cancel but never edit."""

import pytest
from django.test import Client
from django.utils import timezone

from tests.voiceprints.people import SHA256
from voiceprints.models import Job
from voiceprints.models.jobs import JobKind, JobState

JOBS = "/admin/voiceprints/job/"
pytestmark = pytest.mark.django_db


def job(**fields: object) -> Job:
    given = {"kind": JobKind.ARCHIVE, "name": "talk.wav", "sha256": SHA256, "work": SHA256}
    return Job.objects.create(created_by="desk", **{**given, **fields})


def failed(reason: str) -> Job:
    return job(state=JobState.FAILED, finished_at=timezone.now(), error={"message": reason})


def test_jobs_are_listed_by_the_names_of_their_recordings(vera: Client) -> None:
    job(name="board.mic.wav, board.system.wav")

    assert "board.mic.wav, board.system.wav" in vera.get(JOBS).content.decode()


def test_a_failed_job_shows_its_error(vera: Client) -> None:
    broken = failed("The file could not be decoded.")

    page = vera.get(f"{JOBS}{broken.id}/change/").content.decode()

    assert "The file could not be decoded." in page


def test_the_result_is_not_shown(vera: Client) -> None:
    done = job(state=JobState.DONE, finished_at=timezone.now(), result={"text": "Good morning."})

    assert "Good morning." not in vera.get(f"{JOBS}{done.id}/change/").content.decode()


def test_selected_jobs_are_cancelled_unless_they_have_ended(vera: Client) -> None:
    waiting, ended = job(), failed("No speech.")
    chosen = {"action": "cancel_jobs", "_selected_action": [str(waiting.id), str(ended.id)]}

    page = vera.post(JOBS, chosen, follow=True).content.decode()

    assert "Jobs cancelled: 1." in page
    assert Job.objects.get(pk=waiting.pk).state == JobState.CANCELLED
    assert Job.objects.get(pk=ended.pk).state == JobState.FAILED


def test_a_viewer_cannot_cancel_jobs(viewer: Client) -> None:
    waiting = job()
    chosen = {"action": "cancel_jobs", "_selected_action": [str(waiting.id)]}
    viewer.post(JOBS, chosen)

    assert Job.objects.get(pk=waiting.pk).state == JobState.QUEUED


def test_the_admin_hides_the_tables_of_the_queue(vera: Client) -> None:
    assert "procrastinate" not in vera.get("/admin/").content.decode().lower()
