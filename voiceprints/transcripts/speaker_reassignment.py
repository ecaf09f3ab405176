"""Who was that? Somebody says it afterwards, and it goes on to other transcripts.

Naming a speaker, learning the voice from it and naming the same voice elsewhere are one change:
where one of them is refused, nothing has changed.
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
    """What is said of a speaker: who it is, by identifier or by name, and what follows from it.

    `threshold` is the least similarity of the same voice elsewhere, that of the space if None.
    """

    transcript_id: UUID
    label: str
    person_id: UUID | None = None
    name: str = ""
    enrol: bool = False
    also_similar: bool = False
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class ReassignmentResult:
    """What was changed, or would be: whose speakers bear the name, and who sounds like them.

    `person_id` is None where the person would have to be made first.
    """

    person_id: UUID | None
    name: str
    labels: tuple[str, ...]
    similar: tuple[SimilarSpeaker, ...] = ()
    voiceprint: Voiceprint | None = None


@transaction.atomic
def preview_reassignment(wanted: Reassignment, *, actor: str) -> ReassignmentResult:
    """What `reassign_speaker` would change, without changing anything; refused where it would be.

    Raises
    ------
    PersonNotFound, SpeakerNotFound, EnrolmentRefused
    """
    with transaction.atomic():
        reassign_speaker(wanted, actor=actor)
        transaction.set_rollback(True)
    speaker = find_speaker(SpeakerReference(wanted.transcript_id, wanted.label))
    person = _meant(wanted)
    bearers = TranscriptSpeaker.objects.filter(transcript=wanted.transcript_id, name=speaker.name)
    return ReassignmentResult(
        None if person is None else person.id,
        wanted.name if person is None else person.name,
        tuple(bearers.values_list("label", flat=True)),
        _similar(wanted, speaker, person, actor=actor),
    )


@transaction.atomic
def reassign_speaker(wanted: Reassignment, *, actor: str) -> ReassignmentResult:
    """Say who a speaker is, and let it go on as far as is wanted.

    Raises
    ------
    PersonNotFound, SpeakerNotFound, EnrolmentRefused
    """
    meant = _meant(wanted) or get_or_create_person(wanted.name, actor=actor)
    person = lock_person(meant.id)
    speaker = find_speaker(SpeakerReference(wanted.transcript_id, wanted.label))
    if wanted.enrol:
        usable_voice(speaker)  # before it is somebody else's, by name
    similar = _similar(wanted, speaker, person, actor=actor)
    # All of them at once: whoever took one after the other could wait in a circle.
    lock_transcripts([wanted.transcript_id, *(one.transcript_id for one in similar)])
    named = name_speaker(wanted.transcript_id, wanted.label, person.id, actor=actor)
    learned = None
    if wanted.enrol:
        source = SpeakerReference(wanted.transcript_id, wanted.label)
        learned = enrol_speaker(person.id, source, actor=actor)
    nameless = [one.speaker_id for one in similar if one.nameless]
    renamed = {one.pk for one in name_similar_speakers(nameless, person.id, actor=actor)}
    return ReassignmentResult(
        person.id,
        person.name,
        tuple(one.label for one in named),
        tuple(one for one in similar if one.speaker_id in renamed),
        learned,
    )


def _meant(wanted: Reassignment) -> Person | None:
    """The person, if there is one of that name already."""
    if wanted.person_id is None:
        return Person.objects.named(wanted.name).first()
    found = Person.objects.filter(pk=wanted.person_id).first()
    if found is None:
        raise PersonNotFound(wanted.person_id)
    return found


def _similar(
    wanted: Reassignment, speaker: TranscriptSpeaker, person: Person | None, *, actor: str
) -> tuple[SimilarSpeaker, ...]:
    if not wanted.also_similar:
        return ()
    if person is not None and person.has_consent_ended(timezone.now()):
        raise ConsentEnded(person.id)
    voice, besides = usable_voice(speaker), wanted.transcript_id
    audit.record(actor, Action.IDENTIFIED, transcript=besides, speakers=1, space=str(voice.space))
    return tuple(
        similar_speakers(voice.vector, voice.space, threshold=wanted.threshold, besides=besides)
    )
