"""What is kept of a job, when it is to be kept?"""

import hashlib
from datetime import datetime, timedelta

from django.utils import timezone

from audio.engines.client import Recording
from audio.library import Provenance, library
from audio.merge.timeline import NamedTranscript
from audio.pipeline.label_merge import MergeJob


def remember(
    transcript: NamedTranscript, job: MergeJob, *, created_by: str, key: str | None = None
) -> str:
    """Keep a named transcript in the library, under a `key` once; return its identifier."""
    tracks = (job.mic, job.system) if job.mic and job.system else (job.file,)
    recordings = [recording for recording in tracks if recording is not None]
    provenance = Provenance(
        sha256=digest_of(*recordings),
        created_by=created_by,
        recording_name=", ".join(recording.name for recording in recordings if recording.name),
        retain_until=_in_days(job.retain_days),
        key=key,
    )
    return library().remember(transcript, provenance)


def digest_of(*recordings: Recording) -> str:
    """The SHA-256 of a recording; of several tracks that of their digests, one after the other."""
    digests = []
    for recording in recordings:
        with recording.path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256"))
    if len(digests) == 1:
        return digests[0].hexdigest()
    return hashlib.sha256(b"".join(digest.digest() for digest in digests)).hexdigest()


def _in_days(days: int | None) -> datetime | None:
    return None if days is None else timezone.now() + timedelta(days=days)
