"""The embeddings of transcript speakers, and whether they may be used.

The embedding of a speaker may be used if no person is linked, or if the person was never asked for
consent. Once consent was given, the embedding may be used only while consent is in force.
"""

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from audio.merge.naming.voices.voice_similarity import unit
from audio.merge.values import Embedding
from voiceprints.models import Person, Space, Transcript, TranscriptSpeaker
from voiceprints.people.enrolment_errors import ConsentEnded, UnusableEmbedding


@dataclass(frozen=True, slots=True)
class SpeakerVoice:
    """An embedding of length 1 and its space."""

    vector: Embedding = field(repr=False, compare=False)
    space: Space


def usable_voice(speaker: TranscriptSpeaker) -> SpeakerVoice:
    """Return the voice of a speaker, for comparison or enrolment.

    Raises
    ------
    ConsentEnded, UnusableEmbedding
    """
    if not _may_be_used(speaker.person, timezone.now()):
        raise ConsentEnded(speaker.person_id)
    if speaker.embedding is None or speaker.space is None:
        raise UnusableEmbedding("The transcript has no embedding of this speaker.")
    return SpeakerVoice(unit(np.asarray(speaker.embedding, dtype=np.float64)), speaker.space)


def find_usable_voice(speaker: TranscriptSpeaker) -> SpeakerVoice | None:
    """Return the voice of a speaker, or None if it is missing or must not be used."""
    try:
        return usable_voice(speaker)
    except (ConsentEnded, UnusableEmbedding):
        return None


def comparable_speakers(space: Space, now: datetime) -> QuerySet[TranscriptSpeaker]:
    """Return the speakers with an embedding in a space that may be used."""
    speakers = TranscriptSpeaker.objects.filter(space=space, embedding__isnull=False)
    # Subqueries instead of joins, because a speaker may have no person.
    ever_consenting = Person.objects.filter(consent_given_at__isnull=False)
    not_consenting = ever_consenting.exclude(pk__in=Person.objects.consenting(now).values("pk"))
    return speakers.filter(Q(person=None) | ~Q(person__in=not_consenting.values("pk")))


def withhold_embeddings(transcript: Transcript) -> None:
    """Remove the embeddings that must not be used from a transcript before it is rendered."""
    speakers = TranscriptSpeaker.objects.select_related("person", "space")
    prefetch_related_objects([transcript], Prefetch("speakers", speakers))
    now = timezone.now()
    for speaker in transcript.speakers.all():
        if not _may_be_used(speaker.person, now):
            speaker.embedding = None


def _may_be_used(person: Person | None, now: datetime) -> bool:
    return person is None or person.consent_given_at is None or person.has_consent(now)
