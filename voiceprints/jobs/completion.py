"""The end of a job: its state, the deletion of its recordings, and its webhook."""

from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audio.api.errors import problem_of
from audio.merge.values import NamedTranscript
from voiceprints.jobs import queue
from voiceprints.jobs.job_results import JobResult
from voiceprints.models.jobs import UNFINISHED, Job, JobState, WebhookState
from voiceprints.people.erasure_marks import lock_names
from voiceprints.storage.locks import lock_existing_people
from voiceprints.storage.stored_files import delete_files
from voiceprints.transcripts.result_names import json_without_nul

# The options that describe people; they are erased when the job ends, and only its result remains.
_PERSONAL = ("known_voiceprints", "timeline", "self_name", "self_vad", "keywords", "archive")


class ClaimLost(Exception):
    """The attempt was cancelled or taken for dead, and another one may be under way."""


class PersonErased(Exception):
    """The result names a person who was erased, or merged with another, in the meantime."""


@transaction.atomic
def finish_job(job: Job, result: JobResult) -> None:
    """Store the result without names that were erased meanwhile, if the attempt has its claim.

    Raises
    ------
    ClaimLost, PersonErased, OutputsNotWritten, LibraryUnavailable
    """
    # The lock order of the whole library: names, people, transcripts, then jobs.
    erased = lock_names(since=job.newest_erasure)
    if len(lock_existing_people(result.people)) < len(result.people):
        raise PersonErased
    pseudonyms = Job.objects.filter(pk=job.pk).values_list("pseudonyms", flat=True).first()
    result = result.forget(erased, pseudonyms or ())
    transcript_id = _store(result)
    claimed = _lock_claimed(job)
    if result.write is not None and isinstance(result.transcript, NamedTranscript):
        result.write(claimed, result.transcript)
    claimed.transcript_id = UUID(transcript_id) if transcript_id else None
    # Only the transcript is stored, no second copy: erasure and deletion must find all of it.
    claimed.result = None if transcript_id else json_without_nul(result.content)
    claimed.warnings = json_without_nul(list(result.warnings))
    claimed.progress = 1.0
    _end_job(claimed, JobState.DONE)


@transaction.atomic
def fail_job(job: Job, error: Exception) -> None:
    """Store why the job failed, if this attempt still has its claim.

    Raises
    ------
    ClaimLost
    """
    claimed = _lock_claimed(job)
    claimed.error = problem_of(error).body()["error"]
    _end_job(claimed, JobState.FAILED)


@transaction.atomic
def cancel_job(job_id: UUID) -> bool:
    """Cancel a job, and return False if it had already ended.

    An attempt under way loses its claim, and ends before its next engine call.
    """
    for job in Job.objects.select_for_update().filter(pk=job_id, state__in=UNFINISHED):
        _end_job(job, JobState.CANCELLED)
        return True
    return False


def _store(result: JobResult) -> str | None:
    if result.store is None or not isinstance(result.transcript, NamedTranscript):
        return None
    return result.store(result.transcript)


def _lock_claimed(job: Job) -> Job:
    own = Job.objects.select_for_update().filter(pk=job.pk, claim=job.claim)
    claimed = own.filter(state=JobState.RUNNING).first()
    if claimed is None:
        raise ClaimLost
    return claimed


def _end_job(job: Job, state: JobState) -> None:
    job.state, job.claim, job.finished_at = state, None, timezone.now()
    options: dict[str, Any] = job.options
    job.options = {name: value for name, value in options.items() if name not in _PERSONAL}
    job.save()
    recordings = job.recordings.all()
    names = list(recordings.values_list("file", flat=True))
    recordings.delete()
    transaction.on_commit(partial(delete_files, names))
    if job.webhook_state == WebhookState.WAITING:
        queue.add_task(queue.DELIVER_WEBHOOK, job.pk)
