"""The retention of jobs: old jobs and unused recordings are deleted."""

import os
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from voiceprints.erasure.retention import count_expired, purge_expired
from voiceprints.jobs.execution import run_job
from voiceprints.models import Job


def age_by_two_hours(file: Path) -> Path:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"")
    then = (timezone.now() - timedelta(hours=2)).timestamp()
    os.utime(file, (then, then))
    return file


def test_a_job_that_ended_long_ago_goes(submitted: Job) -> None:
    run_job(submitted.id, lambda: False)
    in_a_week = timezone.now() + timedelta(days=7)

    assert (count_expired(in_a_week).jobs, purge_expired(in_a_week).jobs) == (1, 1)
    assert not Job.objects.exists()


def test_a_job_that_ended_just_now_stays(submitted: Job) -> None:
    run_job(submitted.id, lambda: False)
    purge_expired()

    assert Job.objects.exists()


def test_a_job_that_waits_stays_however_old_with_its_recording(
    submitted: Job, storage: Path
) -> None:
    [waiting] = storage.glob(f"jobs/{submitted.id}*")
    age_by_two_hours(waiting)
    purge_expired(timezone.now() + timedelta(days=30))

    assert Job.objects.exists()
    assert waiting.exists()


def test_a_recording_that_no_job_waits_for_goes(submitted: Job, storage: Path) -> None:
    left = age_by_two_hours(storage / "jobs" / "left-file.wav")
    purge_expired()

    assert not left.exists()
