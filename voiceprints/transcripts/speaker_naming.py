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
from voiceprints.models.corrections import CorrectionKind
from voiceprints.models.transcripts import SpeakerSource
from voiceprints.storage.locks import lock_person, lock_transcripts
from voiceprints.transcripts.correction_history import (
    Before,
    Corrected,
    record_correction,
    speaker_row,
)


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
    return _name(person, namesakes, label=label, actor=actor)


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
    nameless = chosen.filter(person=None, source=SpeakerSource.UNMATCHED)
    return _name(person, nameless, actor=actor)


def _name(
    person: Person, speakers: QuerySet[TranscriptSpeaker], *, label: str = "", actor: str
) -> list[TranscriptSpeaker]:
    """Link speakers to a person, as one correction of each transcript.

    Embeddings of people whose consent has ended are deleted.
    """
    chosen, now = list(speakers.select_related("person")), timezone.now()
    before = [speaker_row(speaker) for speaker in chosen]
    for speaker in chosen:
        if any(one.has_consent_ended(now) for one in (person, speaker.person) if one is not None):
            speaker.embedding = speaker.space = None
        speaker.person, speaker.name = person, person.name
        speaker.source = SpeakerSource.NAMED_BY_HAND
    TranscriptSpeaker.objects.bulk_update(
        chosen, ["person", "name", "source", "embedding", "space"]
    )
    for transcript_id in dict.fromkeys(speaker.transcript_id for speaker in chosen):
        there = [n for n, one in enumerate(chosen) if one.transcript_id == transcript_id]
        about = Corrected(speaker=label or chosen[there[0]].label, person=person.id)
        replaced = Before(speakers=tuple(before[n] for n in there))
        record_correction(transcript_id, CorrectionKind.NAME, about, replaced, actor=actor)
        _audit(actor, person, transcript_id, len(there))
    return chosen


def _audit(actor: str, person: Person, transcript_id: UUID, speakers: int) -> None:
    audit.record(
        actor,
        Action.SPEAKER_NAMED,
        person=person.id,
        transcript=transcript_id,
        speakers=speakers,
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
