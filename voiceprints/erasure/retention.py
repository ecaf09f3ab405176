"""The retention rules: what `purge_expired` deletes, and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from voiceprints.erasure.voice_erasure import (
    delete_orphaned_samples,
    erase_voice,
    orphaned_samples,
)
from voiceprints.matching.space_thresholds import update_all_thresholds
from voiceprints.models import (
    IdempotencyKey,
    Job,
    JobRecording,
    Person,
    Transcript,
    TranscriptSpeaker,
    Voiceprint,
    audit,
)
from voiceprints.models.audit import Action
from voiceprints.models.jobs import RECORDINGS_FOLDER
from voiceprints.people.erasure_marks import delete_old_names
from voiceprints.recordings.kept_audio import delete_audio, delete_orphaned_audio
from voiceprints.recordings.silence import finish_silencing
from voiceprints.storage.locks import lock_existing_people, lock_transcripts
from voiceprints.storage.stored_files import delete_files, list_file_names

IDEMPOTENCY_LIFETIME = timedelta(hours=24)
# A recording is written before its job: a younger one may be about to get its job.
ORPHANED_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PurgeCounts:
    """The numbers of rows and files that a purge deletes."""

    people: int
    voiceprints: int
    transcripts: int
    idempotency_keys: int
    samples: int
    jobs: int


def purge_expired(now: datetime | None = None, *, actor: str = "purge_expired") -> PurgeCounts:
    """Delete the voices of people whose consent has ended, and data past its retention.

    The people and their names stay: the library must remember that they withdrew consent, and
    their transcripts show the names. Each deletion is a transaction of its own, so a purge that is
    stopped keeps what it has done. At last the library's thresholds are computed.
    """
    now = now or timezone.now()
    voiceprints = [_purge_voice(person, now, actor) for person in _people_to_purge(now)]
    expired = list(_expired_transcripts(now).values_list("pk", flat=True))
    transcripts = sum(_purge_transcript(transcript, now, actor) for transcript in expired)
    idempotency_keys = _expired_idempotency_keys(now).delete()[0]
    samples, jobs = delete_orphaned_samples(now), _purge_jobs(now)
    finish_silencing()
    delete_orphaned_audio(now)
    delete_old_names(now)
    update_all_thresholds()
    return PurgeCounts(
        len(voiceprints), sum(voiceprints), transcripts, idempotency_keys, samples, jobs
    )


def count_expired(now: datetime) -> PurgeCounts:
    """Return what a purge would delete."""
    people = _people_to_purge(now)
    return PurgeCounts(
        len(people),
        Voiceprint.objects.filter(person__in=people).count(),
        _expired_transcripts(now).count(),
        _expired_idempotency_keys(now).count(),
        len(orphaned_samples(now)),
        _expired_jobs(now).count(),
    )


def _expired_transcripts(now: datetime) -> QuerySet[Transcript]:
    return Transcript.objects.filter(retain_until__lte=now)


def _expired_idempotency_keys(now: datetime) -> QuerySet[IdempotencyKey]:
    return IdempotencyKey.objects.filter(created_at__lt=now - IDEMPOTENCY_LIFETIME)


def _expired_jobs(now: datetime) -> QuerySet[Job]:
    return Job.objects.filter(finished_at__lt=now - timedelta(days=settings.JOB_DAYS))


def _has_no_consent(now: datetime) -> Q:
    return Q(consent_until__lte=now) | Q(consent_given_at=None)


def _people_to_purge(now: datetime) -> list[UUID]:
    """Return the people without consent who have a voiceprint, or had consent and an embedding."""
    voiceprints = Voiceprint.objects.filter(person=OuterRef("pk"))
    speakers = TranscriptSpeaker.objects.filter(person=OuterRef("pk"), embedding__isnull=False)
    ended = Q(consent_until__lte=now) & Q(Exists(speakers))
    people = Person.objects.filter(_has_no_consent(now) & Q(Exists(voiceprints)) | ended)
    return list(people.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _purge_voice(person_id: UUID, now: datetime, actor: str) -> int:
    """Erase the voice, unless consent was given again meanwhile."""
    for person in lock_existing_people([person_id]):
        if not Person.objects.filter(_has_no_consent(now), pk=person_id).exists():
            return 0
        voiceprints = erase_voice(person)
        audit.record(actor, Action.PURGED, person=person_id, prints=voiceprints)
        return voiceprints
    return 0


@transaction.atomic
def _purge_transcript(transcript_id: UUID, now: datetime, actor: str) -> int:
    """Delete the transcript, unless its retention was extended meanwhile."""
    for transcript in lock_transcripts([transcript_id]):
        if transcript.retain_until is None or transcript.retain_until > now:
            return 0
        delete_audio([transcript_id])
        transcript.delete()
        audit.record(actor, Action.PURGED, transcript=transcript_id)
        return 1
    return 0


def _purge_jobs(now: datetime) -> int:
    """Delete expired jobs, and recordings that a crash has left; return the number of jobs."""
    delete_files(_orphaned_recordings(now))
    return _expired_jobs(now).delete()[1].get(Job._meta.label, 0)


def _orphaned_recordings(now: datetime) -> list[str]:
    """Return the recordings that belong to no job."""
    stored = [f"{RECORDINGS_FOLDER}/{name}" for name in list_file_names(RECORDINGS_FOLDER)]
    used = set(JobRecording.objects.filter(file__in=stored).values_list("file", flat=True))
    return [
        name
        for name in stored
        if name not in used and default_storage.get_modified_time(name) < now - ORPHANED_AFTER
    ]
