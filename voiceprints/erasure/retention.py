"""What may not be kept any longer?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from voiceprints.erasure.job_retention import old_jobs, purge_jobs
from voiceprints.erasure.voice_erasure import (
    delete_orphaned_samples,
    erase_voice,
    orphaned_samples,
)
from voiceprints.models import (
    IdempotencyKey,
    Person,
    Transcript,
    TranscriptSpeaker,
    Voiceprint,
    audit,
)
from voiceprints.models.audit import Action
from voiceprints.storage.locks import locked_if_there, locked_transcripts

REPEATS_LAST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Purged:
    """How much was deleted."""

    people: int
    prints: int
    transcripts: int
    repeats: int
    samples: int
    jobs: int


def purge_expired(now: datetime | None = None, *, actor: str = "purge_expired") -> Purged:
    """Delete the voices of people whose consent ended, and transcripts past their retention.

    The people stay, with their names: that they said no is to be remembered, and what they said in
    meetings is told under the name it was given. Each is a transaction of its own, so a purge that
    is stopped has done what it has done.
    """
    now = now or timezone.now()
    prints = [_purge_voice(person, now, actor) for person in _with_a_voice_against_will(now)]
    outdated = list(_outdated(now).values_list("pk", flat=True))
    transcripts = sum(_purge_transcript(transcript, now, actor) for transcript in outdated)
    repeats = _old_repeats(now).delete()[0]
    samples, jobs = delete_orphaned_samples(now), purge_jobs(now)
    return Purged(len(prints), sum(prints), transcripts, repeats, samples, jobs)


def due(now: datetime) -> Purged:
    """What a purge would delete."""
    people = _with_a_voice_against_will(now)
    return Purged(
        len(people),
        Voiceprint.objects.filter(person__in=people).count(),
        _outdated(now).count(),
        _old_repeats(now).count(),
        len(orphaned_samples(now)),
        old_jobs(now).count(),
    )


def _outdated(now: datetime) -> QuerySet[Transcript]:
    return Transcript.objects.filter(retain_until__lte=now)


def _old_repeats(now: datetime) -> QuerySet[IdempotencyKey]:
    return IdempotencyKey.objects.filter(created_at__lt=now - REPEATS_LAST)


def _against_will(now: datetime) -> Q:
    return Q(consent_until__lte=now) | Q(consent_given_at=None)


def _with_a_voice_against_will(now: datetime) -> list[UUID]:
    prints = Voiceprint.objects.filter(person=OuterRef("pk"))
    heard = TranscriptSpeaker.objects.filter(person=OuterRef("pk"), embedding__isnull=False)
    ended = Q(consent_until__lte=now) & Q(Exists(heard))
    people = Person.objects.filter(_against_will(now) & Q(Exists(prints)) | ended)
    return list(people.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _purge_voice(person_id: UUID, now: datetime, actor: str) -> int:
    """Unless consent was given anew meanwhile."""
    for person in locked_if_there([person_id]):
        if not Person.objects.filter(_against_will(now), pk=person_id).exists():
            return 0
        prints = erase_voice(person)
        audit.record(actor, Action.PURGED, person=person_id, prints=prints)
        return prints
    return 0


@transaction.atomic
def _purge_transcript(transcript_id: UUID, now: datetime, actor: str) -> int:
    """Unless it was given more time meanwhile."""
    for transcript in locked_transcripts([transcript_id]):
        if transcript.retain_until is None or transcript.retain_until > now:
            return 0
        transcript.delete()
        audit.record(actor, Action.PURGED, transcript=transcript_id)
        return 1
    return 0
