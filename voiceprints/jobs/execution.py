"""One attempt at a job: claim it, process its recordings, and store how it ended.

A worker may die at any moment, or be taken for dead while it is alive. Therefore each attempt has
its own claim, and only the attempt that holds the claim ends the job. A job whose attempt did not
end it is attempted again, up to JOB_ATTEMPTS times.
"""

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Event, Lock, Thread
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from django.db.models import F
from django.utils import timezone

from audio import context
from audio.api.request_errors import InvalidRequest
from audio.api.uploads.uploaded_files import TemporaryUpload
from audio.archive.file_check import describe_os_error
from audio.archive.recording_job import UnusableRecording
from audio.context import ClientLeft, traced
from audio.library import LibraryUnavailable
from audio.pipeline.job_progress import Stopped, watched_by
from voiceprints.jobs.archive_jobs import OutputsNotWritten
from voiceprints.jobs.completion import ClaimLost, PersonErased, fail_job, finish_job
from voiceprints.jobs.job_results import compute_result
from voiceprints.jobs.retry_policy import RetryLater, is_transient, job_retries, requested_wait_s
from voiceprints.models.jobs import UNFINISHED, Job, JobRecording, JobState
from voiceprints.people.erasure_marks import work_marked
from voiceprints.storage.stored_files import StorageFailed

logger = logging.getLogger(__name__)
READ_BYTES = 1024 * 1024
# A deleted job frees its worker within a second: this, and the check of the engine call under way.
CLAIM_CHECK_S = 0.25


class TooManyAttempts(InvalidRequest):
    """Every worker that began the job died, or was stopped, before the job ended."""

    status_code = 500

    def __init__(self) -> None:
        super().__init__(
            f"The job was begun {settings.JOB_ATTEMPTS} times, and no worker finished it.",
            code="job_abandoned",
        )


class RecordingAway(InvalidRequest):
    """This worker cannot read the recording, or has no disk space for it; another may."""

    status_code = 500

    def __init__(self, error: OSError) -> None:
        super().__init__(
            f"The worker cannot read the recording: {describe_os_error(error)}",
            code="recording_away",
        )


def run_job(job_id: UUID, is_stopping: Callable[[], bool]) -> None:
    """Make an attempt at the job, unless it has ended.

    Raises
    ------
    RetryLater
    """
    with work_marked():
        _run_job(job_id, is_stopping)


def _run_job(job_id: UUID, is_stopping: Callable[[], bool]) -> None:
    try:
        job = claim_job(job_id)
    except IntegrityError as error:
        # Another job with the same work is running, at least according to the database.
        raise RetryLater(settings.JOB_RETRY_S) from error
    if job is None:
        return
    with (
        suppress(ClaimLost, ClientLeft),
        traced(str(job_id)),
        context.replaced(submitted_by=job.created_by),
    ):
        try:
            with _progress_recorded(job, is_stopping):
                _attempt(job)
        except Stopped:
            _return_to_queue(job, is_stopping)


@transaction.atomic
def claim_job(job_id: UUID) -> Job | None:
    """Claim a job for a new attempt, or return None if it has ended.

    The queue gives a task to one worker at a time, so the worker of a job that is already running
    has died. The job fails if it was attempted too often.
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
        fail_job(job, TooManyAttempts())
        return None
    return job


def _attempt(job: Job) -> None:
    try:
        with _local_copies(job) as files, compute_result(job, files).prepared() as result:
            finish_job(job, result)
    except (Stopped, ClaimLost, ClientLeft, LibraryUnavailable, OperationalError, InterfaceError):
        raise
    except Exception as error:  # no failure of one job may affect the next one
        after_s = _retry_after_s(job, error)
        if after_s is None:
            fail_job(job, _client_error(error))
            return
        _release_claim(job)
        raise RetryLater(after_s) from error


def _retry_after_s(job: Job, error: Exception) -> float | None:
    """Return how long to wait before the next attempt; None after the last one."""
    if isinstance(error, PersonErased):
        return 0.0
    is_local = isinstance(error, OutputsNotWritten | RecordingAway | StorageFailed)
    if not is_local and not is_transient(error):
        return None
    retries = job_retries()
    if retries.is_last(job.attempts):
        return None
    return retries.wait_s(job.attempts, at_least_s=requested_wait_s(error))


def _client_error(error: Exception) -> Exception:
    """Return an error with a message that the job's owner may read."""
    is_readable = isinstance(error, UnusableRecording | OutputsNotWritten)
    return InvalidRequest(str(error)) if is_readable else error


def _return_to_queue(job: Job, is_stopping: Callable[[], bool]) -> None:
    """Leave the job to another worker, if this worker is stopping and not the job."""
    if is_stopping():
        _release_claim(job, attempts=job.attempts - 1)
        raise RetryLater(0)


def _release_claim(job: Job, *, attempts: int | None = None) -> None:
    own = Job.objects.filter(pk=job.pk, claim=job.claim, state=JobState.RUNNING)
    counted = F("attempts") if attempts is None else attempts
    if not own.update(state=JobState.QUEUED, claim=None, attempts=counted):
        raise ClaimLost


@contextmanager
def _local_copies(job: Job) -> Iterator[dict[str, TemporaryUploadedFile]]:
    """Copy the recordings from the storage to files on this machine."""
    with ExitStack() as copies:
        files: dict[str, TemporaryUploadedFile] = {}
        for recording in job.recordings.all():
            try:
                copy = TemporaryUpload(recording.name, None, recording.file.size, None)
                copies.callback(copy.close)
                _fetch(recording, copy)
            except OSError as error:
                raise RecordingAway(error) from error
            files[recording.field] = copy
        yield files


def _fetch(recording: JobRecording, copy: TemporaryUploadedFile) -> None:
    with recording.file.open("rb") as stored:
        shutil.copyfileobj(stored, copy, READ_BYTES)
    copy.flush()


class _ProgressRecorder:
    """Writes the progress of an attempt to the database, and notices when its claim is lost."""

    def __init__(self, job: Job, is_stopping: Callable[[], bool]) -> None:
        self._own = Job.objects.filter(pk=job.pk, claim=job.claim, state=JobState.RUNNING)
        self._is_stopping = is_stopping
        self._share = self._recorded = 0.0
        self._is_lost = False
        self._adding, self._ended = Lock(), Event()

    def advance(self, share: float) -> None:
        """Add a share of the job, 0 to 1; may be called from any thread."""
        with self._adding:
            self._share = min(1.0, self._share + share)

    def is_over(self) -> bool:
        """Return whether the attempt must not begin anything new."""
        return self._is_lost or self._is_stopping()

    def is_lost(self) -> bool:
        """Return whether the job was deleted, or belongs to another attempt."""
        return self._is_lost

    def record_until_end(self) -> None:
        """Write the progress when it changes, and check the claim every CLAIM_CHECK_S."""
        try:
            while not self._ended.wait(CLAIM_CHECK_S):
                self._record()
        finally:
            connection.close()

    def end(self) -> None:
        """Stop recording."""
        self._ended.set()

    def _record(self) -> None:
        share = self._share
        try:
            if share == self._recorded:
                self._is_lost = not self._own.exists()
            else:
                self._is_lost = self._own.update(progress=share) == 0
                self._recorded = share
        except DatabaseError:
            # The database will be back, or the attempt will fail for the same reason.
            logger.warning("the progress of a job could not be noted", exc_info=True)
            connection.close()


@contextmanager
def _progress_recorded(job: Job, is_stopping: Callable[[], bool]) -> Iterator[None]:
    """Record the progress inside the block; engine calls end with the claim, as with a client."""
    recorder = _ProgressRecorder(job, is_stopping)
    thread = Thread(target=recorder.record_until_end, name="follower", daemon=True)
    thread.start()
    try:
        with (
            watched_by(recorder),
            context.replaced(client_has_left=recorder.is_lost, calls_end_with_client=True),
        ):
            yield
    finally:
        recorder.end()
        thread.join()
