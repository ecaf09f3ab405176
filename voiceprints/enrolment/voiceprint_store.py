"""When does a voice become somebody's print?"""

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
from voiceprints.matching.voice_matching import nearest_people
from voiceprints.models import Space, TranscriptSpeaker, Voiceprint, audit
from voiceprints.models.audit import Action
from voiceprints.models.voiceprints import VoiceprintSource, sample_path
from voiceprints.people.consent import require_consent
from voiceprints.people.enrolment_errors import VoiceTaken
from voiceprints.storage.locks import lock_person


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVoiceprint:
    """A voice of unit length that may become a print, and where it comes from."""

    space: Space
    vector: Embedding
    source: VoiceprintSource
    speech_s: float | None = None
    quality: Mapping[str, float | str] = field(default_factory=dict)
    span: Span | None = None
    samples: Samples | None = None
    speaker: TranscriptSpeaker | None = None


def store_voiceprint(person_id: UUID, learned: NewVoiceprint, *, actor: str) -> Voiceprint:
    """Make a voice a print of this person, unless the person or the voice forbids it.

    Raises
    ------
    PersonGone, ConsentMissing, VoiceTaken
    """
    span = learned.span
    voiceprint = Voiceprint(
        space=learned.space,
        vector=learned.vector.tolist(),
        source=learned.source,
        speech_s=learned.speech_s,
        sample_start_s=None if span is None else span.start,
        sample_end_s=None if span is None else span.end,
        transcript_speaker=learned.speaker,
        created_by=actor,
    )
    with stored_sample(voiceprint, learned.samples), transaction.atomic():
        voiceprint.person = lock_person(person_id)
        require_consent(voiceprint.person)
        voiceprint.quality = {**learned.quality, **_nearest_other(person_id, learned)}
        voiceprint.save(force_insert=True)
        audit.record(
            actor,
            Action.ENROLLED,
            person=person_id,
            voiceprint=str(voiceprint.id),
            source=str(learned.source),
            speech_s=learned.speech_s,
        )
    voiceprint.refresh_from_db(fields=["vector", "created_at"])
    return voiceprint


def _nearest_other(person_id: UUID, learned: NewVoiceprint) -> dict[str, float]:
    """How near the nearest other person is; at once only one voice is judged so in a space."""
    space = Space.objects.select_for_update(no_key=True).get(pk=learned.space.pk)
    nearest = nearest_people(learned.vector, space, limit=2)
    others = [candidate for candidate in nearest if candidate.person_id != person_id]
    if not others:
        return {}
    if others[0].similarity >= space.threshold:
        raise VoiceTaken(others[0].person_id, others[0].name, others[0].similarity)
    return {"nearest_other": round(others[0].similarity, 4)}


@contextmanager
def stored_sample(voiceprint: Voiceprint, samples: Samples | None) -> Iterator[None]:
    """Give a print that is about to be saved its sample, where samples are kept."""
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
