"""Naming the speakers of stored transcripts, and finding the same voice in other transcripts.

Blocks show the name of their speaker, so naming a speaker renames the blocks. The first name is
still stored in the transcript's result.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from pgvector.django import CosineDistance

from audio.merge.values import Embedding
from voiceprints.matching.speaker_lookup import SpeakerReference, find_speaker
from voiceprints.matching.speaker_voices import comparable_speakers
from voiceprints.models import Person, Space, TranscriptSpeaker, audit
from voiceprints.models.audit import Action
from voiceprints.models.transcripts import SpeakerSource
from voiceprints.storage.locks import lock_person, lock_transcripts


@dataclass(frozen=True, slots=True)
class SimilarSpeaker:
    """A speaker of another transcript with a similar voice."""

    speaker_id: int
    transcript_id: UUID
    recording_name: str
    label: str
    name: str
    similarity: float
    # Only speakers without a name get one.
    nameless: bool


@transaction.atomic
def name_speaker(
    transcript_id: UUID, label: str, person_id: UUID, *, actor: str
) -> list[TranscriptSpeaker]:
    """Link a speaker to a person, and all speakers of the same name in the transcript.

    Raises
    ------
    PersonNotFound, SpeakerNotFound
    """
    person = lock_person(person_id)
    lock_transcripts([transcript_id])
    chosen = find_speaker(SpeakerReference(transcript_id, label))
    namesakes = TranscriptSpeaker.objects.filter(transcript=transcript_id, name=chosen.name)
    named = _name(person, namesakes)
    _record(actor, person, transcript_id, named)
    return named


def similar_speakers(
    embedding: Embedding,
    space: Space,
    *,
    threshold: float | None = None,
    exclude: UUID | None = None,
) -> list[SimilarSpeaker]:
    """Return the speakers of other transcripts that have this voice, nearest first.

    All embeddings that may be used are compared: an index returns only the nearest few, and could
    miss a speaker above the threshold.
    """
    least = space.threshold if threshold is None else threshold
    distant = (
        comparable_speakers(space, timezone.now())
        .exclude(transcript=exclude)
        .annotate(distance=CosineDistance("embedding", embedding))
    )
    near = distant.filter(distance__lte=1 - least).select_related("transcript")
    return [_similar(speaker) for speaker in near.order_by("distance", "pk")]


@transaction.atomic
def name_similar_speakers(
    speakers: Collection[int], person_id: UUID, *, actor: str
) -> list[TranscriptSpeaker]:
    """Link the speakers of other transcripts that have no name to a person.

    Raises
    ------
    PersonNotFound
    """
    person = lock_person(person_id)
    chosen = TranscriptSpeaker.objects.filter(pk__in=speakers)
    lock_transcripts(chosen.values_list("transcript", flat=True))
    named = _name(person, chosen.filter(person=None, source=SpeakerSource.UNMATCHED))
    for transcript_id in dict.fromkeys(speaker.transcript_id for speaker in named):
        there = [speaker for speaker in named if speaker.transcript_id == transcript_id]
        _record(actor, person, transcript_id, there)
    return named


def _name(person: Person, speakers: QuerySet[TranscriptSpeaker]) -> list[TranscriptSpeaker]:
    """Link speakers to a person; delete embeddings of people whose consent has ended."""
    chosen, now = list(speakers.select_related("person")), timezone.now()
    for speaker in chosen:
        if any(one.has_consent_ended(now) for one in (person, speaker.person) if one is not None):
            speaker.embedding = speaker.space = None
        speaker.person, speaker.name = person, person.name
        speaker.source = SpeakerSource.NAMED_BY_HAND
    TranscriptSpeaker.objects.bulk_update(
        chosen, ["person", "name", "source", "embedding", "space"]
    )
    return chosen


def _record(
    actor: str, person: Person, transcript_id: UUID, named: Collection[TranscriptSpeaker]
) -> None:
    audit.record(
        actor,
        Action.SPEAKER_NAMED,
        person=person.id,
        transcript=transcript_id,
        speakers=len(named),
    )


def _similar(speaker: TranscriptSpeaker) -> SimilarSpeaker:
    distance: float = speaker.distance  # type: ignore[attr-defined]  # annotated above
    return SimilarSpeaker(
        speaker_id=speaker.pk,
        transcript_id=speaker.transcript_id,
        recording_name=speaker.transcript.recording_name,
        label=speaker.label,
        name=speaker.name,
        similarity=1 - distance,
        nameless=speaker.person_id is None and speaker.source == SpeakerSource.UNMATCHED,
    )
