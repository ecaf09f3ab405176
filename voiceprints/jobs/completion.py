"""How does a job end? Once, with its recordings gone and whoever waits told."""

from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audio.api.errors import problem_of
from voiceprints.jobs import queue
from voiceprints.jobs.job_answers import Answer
from voiceprints.models.jobs import UNFINISHED, Job, JobState, WebhookState
from voiceprints.storage.locks import lock_existing_people
from voiceprints.storage.stored_files import delete_files
from voiceprints.transcripts.name_replacement import json_without_nul

# What a request says of people; once the job has ended, only its result does.
_PERSONAL = ("known_voiceprints", "timeline", "self_name", "self_vad", "archive")


class ClaimLost(Exception):
    """The attempt was cancelled, or given up for dead: another may be under way."""


class SomebodyForgotten(Exception):
    """The answer names somebody whom the library has forgotten meanwhile."""


@transaction.atomic
def finish(job: Job, answer: Answer) -> None:
    """Keep what was found, if this attempt still has its claim.

    Raises
    ------
    ClaimLost, SomebodyForgotten
    """
    # People before transcripts before jobs, as everywhere.
    if len(lock_existing_people(answer.people)) < len(answer.people):
        raise SomebodyForgotten
    kept = answer.keep() if answer.keep else None
    held = _held(job)
    held.transcript_id = UUID(kept) if kept else None
    # Of a stored transcript nothing is kept twice: forgetting and deleting must find all of it.
    held.result = None if kept else json_without_nul(answer.result)
    held.warnings = json_without_nul(list(answer.warnings))
    held.progress = 1.0
    _end(held, JobState.DONE)


@transaction.atomic
def fail(job: Job, error: Exception) -> None:
    """Say why the job could not be done, if this attempt still has its claim.

    Raises
    ------
    ClaimLost
    """
    held = _held(job)
    held.error = problem_of(error).body()["error"]
    _end(held, JobState.FAILED)


@transaction.atomic
def cancel(job_id: UUID) -> bool:
    """End a job that nobody wants any longer; whether it had not ended by itself.

    An attempt under way loses its claim, and ends before it begins another piece.
    """
    for held in Job.objects.select_for_update().filter(pk=job_id, state__in=UNFINISHED):
        _end(held, JobState.CANCELLED)
        return True
    return False


def _held(job: Job) -> Job:
    mine = Job.objects.select_for_update().filter(pk=job.pk, claim=job.claim)
    held = mine.filter(state=JobState.RUNNING).first()
    if held is None:
        raise ClaimLost
    return held


def _end(held: Job, state: JobState) -> None:
    held.state, held.claim, held.finished_at = state, None, timezone.now()
    options: dict[str, Any] = held.options
    held.options = {name: value for name, value in options.items() if name not in _PERSONAL}
    held.save()
    recordings = held.recordings.all()
    names = list(recordings.values_list("file", flat=True))
    recordings.delete()
    transaction.on_commit(partial(delete_files, names))
    if held.webhook_state == WebhookState.WAITING:
        queue.put(queue.CALL, held.pk)
