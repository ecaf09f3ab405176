"""Reassigning a speaker to a person, with enrolment and the same voice in other transcripts.

Naming the speaker, enrolling the voice and naming similar speakers are one transaction: if one is
refused, nothing changes.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from voiceprints.enrolment.voice_enrolment import enrol_speaker
from voiceprints.matching.speaker_lookup import SpeakerReference, find_speaker
from voiceprints.matching.speaker_voices import usable_voice
from voiceprints.models import Person, TranscriptSpeaker, Voiceprint, audit
from voiceprints.models.audit import Action
from voiceprints.people.enrolment_errors import ConsentEnded
from voiceprints.people.erasure_marks import work_marked
from voiceprints.people.person_names import get_or_create_person
from voiceprints.storage.locks import PersonNotFound, lock_person, lock_transcripts
from voiceprints.transcripts.speaker_naming import (
    SimilarSpeaker,
    name_similar_speakers,
    name_speaker,
    similar_speakers,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassignment:
    """A request to reassign a speaker to a person, given by identifier or by name.

    `threshold` is the minimum similarity of the same voice in other transcripts; the default is
    that of the space.
    """

    transcript_id: UUID
    label: str
    person_id: UUID | None = None
    name: str = ""
    enrol: bool = False
    also_similar: bool = False
    threshold: float | None = None

    @property
    def speaker(self) -> SpeakerReference:
        return SpeakerReference(self.transcript_id, self.label)


@dataclass(frozen=True, slots=True)
class ReassignmentResult:
    """The labels that have the new name, and the similar speakers, after a change or a preview.

    A preview has no `person_id` if the person would be created.
    """

    person_id: UUID | None
    name: str
    labels: tuple[str, ...]
    similar: tuple[SimilarSpeaker, ...] = ()
    voiceprint: Voiceprint | None = None


@work_marked()
@transaction.atomic
def preview_reassignment(request: Reassignment, *, actor: str) -> ReassignmentResult:
    """Return what `reassign_speaker` would change, or raise its refusal, without any change.

    Raises
    ------
    PersonNotFound, SpeakerNotFound, EnrolmentRefused
    """
    with transaction.atomic():
        reassign_speaker(request, actor=actor)
        transaction.set_rollback(True)
    speaker = find_speaker(request.speaker)
    person = _find_person(request)
    namesakes = TranscriptSpeaker.objects.filter(
        transcript=request.transcript_id, name=speaker.name
    )
    return ReassignmentResult(
        None if person is None else person.id,
        request.name if person is None else person.name,
        tuple(namesakes.values_list("label", flat=True)),
        _find_similar(request, speaker, person, actor=actor),
    )


@work_marked()
@transaction.atomic
def reassign_speaker(request: Reassignment, *, actor: str) -> ReassignmentResult:
    """Reassign a speaker; enrol the voice and name similar speakers if requested.

    Raises
    ------
    PersonNotFound, SpeakerNotFound, EnrolmentRefused
    """
    target = _find_person(request) or get_or_create_person(request.name, actor=actor)
    person = lock_person(target.id)
    speaker = find_speaker(request.speaker)
    if request.enrol:
        # Refused here, before the speaker is linked to the person, whose consent counts then.
        usable_voice(speaker)
    similar = _find_similar(request, speaker, person, actor=actor)
    # One call for all: a second call could break the order of locks and cause a deadlock.
    lock_transcripts([request.transcript_id, *(one.transcript_id for one in similar)])
    named = name_speaker(request.transcript_id, request.label, person.id, actor=actor)
    voiceprint = None
    if request.enrol:
        voiceprint = enrol_speaker(person.id, request.speaker, actor=actor)
    nameless = [one.speaker_id for one in similar if one.nameless]
    renamed = {one.pk for one in name_similar_speakers(nameless, person.id, actor=actor)}
    return ReassignmentResult(
        person.id,
        person.name,
        tuple(one.label for one in named),
        tuple(one for one in similar if one.speaker_id in renamed),
        voiceprint,
    )


def _find_person(request: Reassignment) -> Person | None:
    """Return the person of the request, or None if the name is new."""
    if request.person_id is None:
        return Person.objects.named(request.name).first()
    found = Person.objects.filter(pk=request.person_id).first()
    if found is None:
        raise PersonNotFound(request.person_id)
    return found


def _find_similar(
    request: Reassignment, speaker: TranscriptSpeaker, person: Person | None, *, actor: str
) -> tuple[SimilarSpeaker, ...]:
    if not request.also_similar:
        return ()
    if person is not None and person.has_consent_ended(timezone.now()):
        raise ConsentEnded(person.id)
    voice, transcript = usable_voice(speaker), request.transcript_id
    audit.record(
        actor, Action.IDENTIFIED, transcript=transcript, speakers=1, space=str(voice.space)
    )
    return tuple(
        similar_speakers(
            voice.vector, voice.space, threshold=request.threshold, exclude=transcript
        )
    )
