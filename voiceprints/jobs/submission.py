"""Submitting a job, for the jobs endpoint and for the `enqueue` command.

The recordings go into Django's default storage, where every worker can read them. The job stores
the other fields as the client sent them, and the worker parses them with the endpoint's
serializer.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.core.files import File
from django.db import transaction

from audio.media.recording import Recording, digest_of
from voiceprints.erasure.job_names import forget_in_job
from voiceprints.jobs import queue
from voiceprints.models.jobs import Job, JobKind, JobRecording, WebhookState
from voiceprints.people.erasure_marks import current_mark, lock_names

Options = Mapping[str, object]
# The destination of the outputs has no effect on the work.
_NOT_IN_DIGEST = ("out", "name", "formats")


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A job to be queued: its recordings and options, who submits it, and its webhook.

    A `timeline` is one that was sent as a file. It is stored with the recordings until the job
    ends.
    """

    kind: JobKind
    recordings: Sequence[Recording]
    timeline: Recording | None = None
    options: Options = field(default_factory=dict)
    created_by: str
    name: str = ""
    reads_library: bool = False
    wants_vectors: bool = False
    webhook_url: str = ""
    audio_s: float | None = None


def work_digest(submission: Submission) -> str:
    """Return a digest of the recordings and of all options that affect the result."""
    return _work_digest(submission, digest_of(*_files(submission)))


def submit_job(submission: Submission) -> Job:
    """Store the recordings and queue the job; on an error neither remains.

    Names that were erased since the work under way began are replaced.
    """
    files = _files(submission)
    sha256 = digest_of(*files)
    names = (recording.name for recording in submission.recordings if recording.name)
    job = Job(
        kind=submission.kind,
        name=submission.name or ", ".join(names),
        options=dict(submission.options),
        sha256=sha256,
        work=_work_digest(submission, sha256),
        created_by=submission.created_by,
        reads_library=submission.reads_library,
        wants_vectors=submission.wants_vectors,
        webhook_url=submission.webhook_url,
        webhook_state=_webhook_state(submission),
        audio_s=submission.audio_s,
        newest_erasure=current_mark().newest,
    )
    rows = [_store_recording(job, file) for file in files]
    try:
        with transaction.atomic():
            forget_in_job(job, rows, lock_names(since=job.newest_erasure))
            job.save()
            JobRecording.objects.bulk_create(rows)
            queue.add_task(queue.RUN_JOB, job.id, lock=job.work)
    except BaseException:
        for row in rows:
            row.file.delete(save=False)
        raise
    job.refresh_from_db()
    return job


def _files(submission: Submission) -> Sequence[Recording]:
    timeline = [submission.timeline] if submission.timeline else []
    return [*submission.recordings, *timeline]


def _webhook_state(submission: Submission) -> WebhookState:
    return WebhookState.WAITING if submission.webhook_url else WebhookState.NOT_REQUESTED


def _store_recording(job: Job, recording: Recording) -> JobRecording:
    """Write the file before its row exists, so that no job refers to a missing file."""
    name = recording.name or f"recording{recording.suffix}"
    row = JobRecording(job=job, field=recording.field, name=name)
    with Path(recording.path).open("rb") as file:
        row.file.save(f"recording{recording.suffix}", File(file), save=False)
    return row


def _work_digest(submission: Submission, sha256: str) -> str:
    options = {
        name: value for name, value in submission.options.items() if name not in _NOT_IN_DIGEST
    }
    work = [
        *(submission.kind, sha256, options),
        *(submission.reads_library, submission.wants_vectors),
    ]
    return hashlib.sha256(json.dumps(work, sort_keys=True).encode()).hexdigest()
