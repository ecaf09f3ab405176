"""One attempt at a job: begin, do, end.

A worker may die at any moment, and may be given up for dead while it lives. So each attempt has a
claim of its own, and only who holds the claim ends the job; what was begun and not ended is begun
again, up to JOB_ATTEMPTS times.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from audio.api.request_errors import InvalidRequest
from audio.api.uploads.uploaded_files import TemporaryUpload
from audio.archive.file_check import reason_of
from audio.archive.recording_job import UnusableRecording
from audio.context import traced
from audio.pipeline.job_progress import Stopped
from voiceprints.jobs.archive_jobs import OutputsNotWritten
from voiceprints.jobs.completion import ClaimLost, SomebodyForgotten, fail, finish
from voiceprints.jobs.job_answers import answer_to
from voiceprints.jobs.job_follower import followed
from voiceprints.jobs.retry_policy import TryAgain, may_pass, wait_s
from voiceprints.models.jobs import UNFINISHED, Job, JobRecording, JobState
from voiceprints.storage.stored_files import StorageFailed

READ_BYTES = 1024 * 1024


class TooOftenBegun(InvalidRequest):
    """Every worker that began the job died over it, or was stopped."""

    status_code = 500

    def __init__(self) -> None:
        super().__init__(
            f"The job was begun {settings.JOB_ATTEMPTS} times, and no worker lived to end it.",
            code="job_abandoned",
        )


class RecordingAway(InvalidRequest):
    """This worker does not find the recording, or has no room for it; another may do."""

    status_code = 500

    def __init__(self, error: OSError) -> None:
        super().__init__(
            f"The worker cannot read the recording: {reason_of(error)}", code="recording_away"
        )


def work(job_id: UUID, is_to_stop: Callable[[], bool]) -> None:
    """Make an attempt at the job, unless it has ended.

    Raises
    ------
    TryAgain
    """
    try:
        job = begin(job_id)
    except IntegrityError as error:
        # Another job of the same work has not ended, whatever became of its worker.
        raise TryAgain(settings.JOB_RETRY_S) from error
    if job is None:
        return
    with suppress(ClaimLost), traced(str(job_id)):
        try:
            with followed(job, is_to_stop):
                _attempt(job)
        except Stopped:
            _give_back(job, is_to_stop)


@transaction.atomic
def begin(job_id: UUID) -> Job | None:
    """Claim a job for a new attempt; None where it has ended, or ends for too many of them.

    The queue gives a task to one worker at a time: a job that runs already has lost its own.
    """
    unfinished = Job.objects.select_for_update().filter(pk=job_id, state__in=UNFINISHED)
    job = unfinished.first()
    if job is None:
        return None
    job.state, job.claim, job.progress = JobState.RUNNING, uuid4(), 0.0
    job.started_at = job.started_at or timezone.now()
    job.attempts += 1
    job.save()
    if job.attempts > settings.JOB_ATTEMPTS:
        fail(job, TooOftenBegun())
        return None
    return job


def _attempt(job: Job) -> None:
    try:
        with _local_copies(job) as files:
            finish(job, answer_to(job, files))
    except (Stopped, ClaimLost, OperationalError, InterfaceError):
        raise
    except Exception as error:  # whatever it is, the next job must not suffer from it
        after_s = _again_after(job, error)
        if after_s is None:
            fail(job, _told(error))
            return
        _wait(job)
        raise TryAgain(after_s) from error


def _again_after(job: Job, error: Exception) -> float | None:
    """How long to wait for what may pass; None where it does not, or did not in time."""
    if isinstance(error, SomebodyForgotten):
        return 0.0
    passes = isinstance(error, OutputsNotWritten | RecordingAway | StorageFailed)
    if not passes and not may_pass(error):
        return None
    return wait_s(job.attempts, error) if job.attempts < settings.JOB_ATTEMPTS else None


def _told(error: Exception) -> Exception:
    """What those know of it who know how to tell."""
    about_the_archive = isinstance(error, UnusableRecording | OutputsNotWritten)
    return InvalidRequest(str(error)) if about_the_archive else error


def _give_back(job: Job, is_to_stop: Callable[[], bool]) -> None:
    """Another worker begins anew, where it is this one that ends and not the job."""
    if is_to_stop():
        _wait(job, attempts=job.attempts - 1)
        raise TryAgain(0)


def _wait(job: Job, *, attempts: int | None = None) -> None:
    mine = Job.objects.filter(pk=job.pk, claim=job.claim, state=JobState.RUNNING)
    counted = F("attempts") if attempts is None else attempts
    if not mine.update(state=JobState.QUEUED, claim=None, attempts=counted):
        raise ClaimLost


@contextmanager
def _local_copies(job: Job) -> Iterator[dict[str, TemporaryUploadedFile]]:
    """The recordings as files of this machine, wherever the storage is."""
    with ExitStack() as everything:
        files: dict[str, TemporaryUploadedFile] = {}
        for recording in job.recordings.all():
            try:
                copy = TemporaryUpload(recording.name, None, recording.file.size, None)
                everything.callback(copy.close)
                _fetch(recording, copy)
            except OSError as error:
                raise RecordingAway(error) from error
            files[recording.field] = copy
        yield files


def _fetch(recording: JobRecording, copy: TemporaryUploadedFile) -> None:
    with recording.file.open("rb") as stored:
        shutil.copyfileobj(stored, copy, READ_BYTES)
    copy.flush()
