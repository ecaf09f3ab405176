"""How does a request become a job?

The recordings go into Django's default storage, where every worker finds them; the rest of the
request is kept as it was sent, and read again by the worker with the same serializer.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.core.files import File
from django.db import transaction

from audio.media.recording import Recording
from audio.pipeline.label_merge import digest_of
from voiceprints.jobs import queue
from voiceprints.models.jobs import Job, JobKind, JobRecording, WebhookState

Options = Mapping[str, object]
# Where outputs go is no part of the work.
_NOT_WORK = ("out", "name", "formats")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for, by whom, and whom to call when it has ended."""

    kind: JobKind
    recordings: Sequence[Recording]
    options: Options = field(default_factory=dict)
    created_by: str
    name: str = ""
    reads_library: bool = False
    wants_vectors: bool = False
    webhook_url: str = ""
    audio_s: float | None = None


def work_of(order: Order) -> str:
    """A digest of the recordings and of everything that is asked of them."""
    return _work(order, digest_of(*order.recordings))


def place(order: Order) -> Job:
    """Put a job into the queue, with its recordings; both or nothing."""
    sha256 = digest_of(*order.recordings)
    job = Job(
        kind=order.kind,
        name=order.name or ", ".join(one.name for one in order.recordings if one.name),
        options=dict(order.options),
        sha256=sha256,
        work=_work(order, sha256),
        created_by=order.created_by,
        reads_library=order.reads_library,
        wants_vectors=order.wants_vectors,
        webhook_url=order.webhook_url,
        webhook_state=WebhookState.WAITING if order.webhook_url else WebhookState.NOT_REQUESTED,
        audio_s=order.audio_s,
    )
    rows = [_stored(job, recording) for recording in order.recordings]
    try:
        with transaction.atomic():
            job.save()
            JobRecording.objects.bulk_create(rows)
            queue.put(queue.WORK, job.id, lock=job.work)
    except BaseException:
        for row in rows:
            row.file.delete(save=False)
        raise
    job.refresh_from_db()
    return job


def _stored(job: Job, recording: Recording) -> JobRecording:
    """Written before its row is, so that no job waits for a file that is not there."""
    name = recording.name or f"recording{recording.suffix}"
    row = JobRecording(job=job, field=recording.field, name=name)
    with Path(recording.path).open("rb") as file:
        row.file.save(f"recording{recording.suffix}", File(file), save=False)
    return row


def _work(order: Order, sha256: str) -> str:
    options = {name: value for name, value in order.options.items() if name not in _NOT_WORK}
    asked = [order.kind, sha256, options, order.reads_library, order.wants_vectors]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
