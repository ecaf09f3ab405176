"""Storing a voice as a voiceprint of a person, with its sample, under the rules of the library."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from audio.media.encoding import pcm, wav
from audio.merge.values import Embedding, Span
from voiceprints.enrolment.voice_extraction import Samples
from voiceprints.matching.space_thresholds import update_thresholds_on_commit
from voiceprints.matching.voice_matching import nearest_people
from voiceprints.models import Space, TranscriptSpeaker, Voiceprint, audit
from voiceprints.models.audit import Action
from voiceprints.models.voiceprints import VoiceprintSource, sample_path
from voiceprints.people.consent import require_consent
from voiceprints.people.enrolment_errors import VoiceTaken
from voiceprints.storage.locks import lock_person


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVoiceprint:
    """An embedding of length 1 that is to become a voiceprint, and its origin."""

    space: Space
    vector: Embedding
    source: VoiceprintSource
    speech_s: float | None = None
    quality: Mapping[str, float | str] = field(default_factory=dict)
    span: Span | None = None
    samples: Samples | None = None
    speaker: TranscriptSpeaker | None = None


def store_voiceprint(person_id: UUID, new: NewVoiceprint, *, actor: str) -> Voiceprint:
    """Store a voiceprint of a person who consents, unless another person has the voice.

    Raises
    ------
    PersonNotFound, ConsentMissing, VoiceTaken
    """
    span = new.span
    voiceprint = Voiceprint(
        space=new.space,
        vector=new.vector.tolist(),
        source=new.source,
        speech_s=new.speech_s,
        sample_start_s=None if span is None else span.start,
        sample_end_s=None if span is None else span.end,
        transcript_speaker=new.speaker,
        created_by=actor,
    )
    with _stored_sample(voiceprint, new.samples), transaction.atomic():
        voiceprint.person = lock_person(person_id)
        require_consent(voiceprint.person)
        voiceprint.quality = {**new.quality, **_compare_with_others(person_id, new)}
        voiceprint.save(force_insert=True)
        update_thresholds_on_commit([new.space.pk])
        audit.record(
            actor,
            Action.ENROLLED,
            person=person_id,
            voiceprint=str(voiceprint.id),
            source=str(new.source),
            speech_s=new.speech_s,
        )
    voiceprint.refresh_from_db(fields=["vector", "created_at"])
    return voiceprint


def _compare_with_others(person_id: UUID, new: NewVoiceprint) -> dict[str, float]:
    """Return the similarity of the nearest other person, as `nearest_other`.

    The lock on the space lets one voice of a space at a time be compared and stored.
    """
    space = Space.objects.select_for_update(no_key=True).get(pk=new.space.pk)
    nearest = nearest_people(new.vector, space, limit=2)
    others = [candidate for candidate in nearest if candidate.person_id != person_id]
    if not others:
        return {}
    if others[0].similarity >= space.taken_threshold:
        raise VoiceTaken(others[0].person_id, others[0].name, others[0].similarity)
    return {"nearest_other": round(others[0].similarity, 4)}


@contextmanager
def _stored_sample(voiceprint: Voiceprint, samples: Samples | None) -> Iterator[None]:
    """Store the sample of a voiceprint before its row, and delete it if storing the row fails.

    Does nothing if KEEP_SAMPLES is off. `delete_orphaned_samples` deletes what a crash leaves.
    """
    if samples is None or not settings.KEEP_SAMPLES:
        yield
        return
    path = sample_path(voiceprint, "sample.wav")
    voiceprint.sample.name = default_storage.save(path, ContentFile(wav(pcm(samples))))
    try:
        yield
    except BaseException:
        default_storage.delete(voiceprint.sample.name)
        raise
