"""What does a speaker of a transcript sound like, and may that be used?

The fingerprint of a stranger may, and that of somebody who was never asked is a stranger's. Once
consent was given, a fingerprint is used while it holds, and for nothing before or after.
"""

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from audio.merge.naming.voice_similarity import unit
from audio.merge.values import Embedding
from voiceprints.models import Person, Space, Transcript, TranscriptSpeaker
from voiceprints.people.enrolment_errors import ConsentEnded, UnusableEmbedding


@dataclass(frozen=True, slots=True)
class SpeakerVoice:
    """A fingerprint of length 1, and the space it belongs to."""

    vector: Embedding = field(repr=False, compare=False)
    space: Space


def usable_voice(speaker: TranscriptSpeaker) -> SpeakerVoice:
    """The voice of a speaker, to be compared or learned.

    Raises
    ------
    ConsentEnded, UnusableFingerprint
    """
    if not _may_be_used(speaker.person, timezone.now()):
        raise ConsentEnded(speaker.person_id)
    if speaker.embedding is None or speaker.space is None:
        raise UnusableEmbedding("The transcript keeps no fingerprint of this speaker.")
    return SpeakerVoice(unit(np.asarray(speaker.embedding, dtype=np.float64)), speaker.space)


def find_usable_voice(speaker: TranscriptSpeaker) -> SpeakerVoice | None:
    """The same; None where there is none, or none that may be used."""
    try:
        return usable_voice(speaker)
    except (ConsentEnded, UnusableEmbedding):
        return None


def comparable_speakers(space: Space, now: datetime) -> QuerySet[TranscriptSpeaker]:
    """All speakers of one space whose voices may be compared."""
    heard = TranscriptSpeaker.objects.filter(space=space, embedding__isnull=False)
    # Persons, not rows of a join: a stranger has none.
    asked = Person.objects.filter(consent_given_at__isnull=False)
    unwilling = asked.exclude(pk__in=Person.objects.consenting(now).values("pk"))
    return heard.filter(Q(person=None) | ~Q(person__in=unwilling.values("pk")))


def withhold_embeddings(transcript: Transcript) -> None:
    """Let a transcript that is about to be told show only fingerprints that may be used."""
    speakers = TranscriptSpeaker.objects.select_related("person", "space")
    prefetch_related_objects([transcript], Prefetch("speakers", speakers))
    now = timezone.now()
    for speaker in transcript.speakers.all():
        if not _may_be_used(speaker.person, now):
            speaker.embedding = None


def _may_be_used(person: Person | None, now: datetime) -> bool:
    return person is None or person.consent_given_at is None or person.has_consent(now)
