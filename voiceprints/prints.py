"""When does a voice become somebody's print?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audio.merge.timeline import Fingerprint, Span
from voiceprints import audit
from voiceprints.listening import Samples
from voiceprints.locking import PersonGone, locked_person
from voiceprints.matching import nearest_people
from voiceprints.models import Person, Space, TranscriptSpeaker, Voiceprint
from voiceprints.models.audit import Action
from voiceprints.models.people import VoiceprintSource
from voiceprints.refusals import ConsentEnded, ConsentMissing, VoiceTaken
from voiceprints.samples import kept_sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A voice of unit length that may become a print, and where it comes from."""

    space: Space
    vector: Fingerprint
    source: VoiceprintSource
    speech_s: float | None = None
    quality: Mapping[str, float | str] = field(default_factory=dict)
    span: Span | None = None
    samples: Samples | None = None
    speaker: TranscriptSpeaker | None = None


def check_consent(person_id: UUID) -> None:
    """Refuse before any engine works for a print that could not be kept.

    Raises
    ------
    PersonGone, ConsentMissing
    """
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise PersonGone(person_id)
    _demand_consent(person)


def keep_print(person_id: UUID, learned: Learned, *, actor: str) -> Voiceprint:
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
    with kept_sample(voiceprint, learned.samples), transaction.atomic():
        voiceprint.person = locked_person(person_id)
        _demand_consent(voiceprint.person)
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


def _demand_consent(person: Person) -> None:
    if not person.consents():
        raise (ConsentEnded if person.refuses(timezone.now()) else ConsentMissing)(person.id)


def _nearest_other(person_id: UUID, learned: Learned) -> dict[str, float]:
    """How near the nearest other person is; at once only one voice is judged so in a space."""
    space = Space.objects.select_for_update(no_key=True).get(pk=learned.space.pk)
    nearest = nearest_people(learned.vector, space, limit=2)
    others = [candidate for candidate in nearest if candidate.person_id != person_id]
    if not others:
        return {}
    if others[0].similarity >= space.threshold:
        raise VoiceTaken(others[0].person_id, others[0].name, others[0].similarity)
    return {"nearest_other": round(others[0].similarity, 4)}
