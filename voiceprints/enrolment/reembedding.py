"""Re-embedding: voiceprints in the space of a new embedding model, made from stored samples.

Voiceprints of the old space stay. They are no longer compared with anything, and can be deleted
once the new model has proved itself.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from audio.media import temporary_files
from audio.media.recording import Recording, suffix_of
from voiceprints.enrolment.voice_extraction import ExtractedVoice, extract_sample_voice
from voiceprints.enrolment.voiceprint_store import NewVoiceprint, store_voiceprint
from voiceprints.models import Person, Space, Voiceprint, audit
from voiceprints.models.audit import Action
from voiceprints.models.voiceprints import VoiceprintSource
from voiceprints.people.consent import check_consent
from voiceprints.storage.locks import lock_person

# In `quality`: the identifier of the voiceprint whose sample was used.
SAMPLE_OF = "sample_of"


class SpaceMismatch(Exception):
    """The configured engine makes embeddings of another space."""

    def __init__(self, wanted: str, found: str) -> None:
        super().__init__(f"The engine makes embeddings of {found!r}, not of {wanted!r}.")


class NoSample(Exception):
    """No sample of the person's voice is stored."""

    def __init__(self) -> None:
        super().__init__("No sample of this voice is stored: enrol it again.")


def people_to_reembed(space: str) -> list[Person]:
    """Return the people with a voiceprint but none in this space, or with unused samples."""
    own = Voiceprint.objects.filter(person=OuterRef("pk"))
    new = Space.named(space)
    has_old, has_new = Exists(own.exclude(space=new)), Exists(own.filter(space=new))
    waiting = Exists(_unused_samples(new).filter(person=OuterRef("pk")))
    return list(Person.objects.filter(has_old).filter(waiting | ~has_new))


def samples_to_reembed(person: Person, space: str) -> QuerySet[Voiceprint]:
    """Return the voiceprints of other spaces whose samples are not used in this space yet."""
    return _unused_samples(Space.named(space)).filter(person=person)


def _unused_samples(space: Space | None) -> QuerySet[Voiceprint]:
    """Return samples without a voiceprint in this space; a copy counts if its original is gone."""
    voiceprints = Voiceprint.objects.alias(
        key=Cast("pk", TextField()), of=KeyTextTransform(SAMPLE_OF, "quality")
    )
    own = voiceprints.filter(person=OuterRef("person"))
    used, original = own.filter(space=space, of=OuterRef("key")), own.filter(key=OuterRef("of"))
    others = voiceprints.exclude(space=space).exclude(sample="")
    return others.filter(~Exists(used), ~Exists(original))


def reembed_person(person: Person, space: str, *, actor: str) -> int:
    """Make voiceprints in this space from a person's samples; return their number.

    Raises
    ------
    AnotherSpace, NothingToHear, EnrolmentRefused, PersonNotFound, UnusableAudio, EngineError
    """
    check_consent(person.id)
    waiting = list(samples_to_reembed(person, space))
    if not waiting:
        raise NoSample
    return sum(_reembed(voiceprint, space, actor=actor) for voiceprint in waiting)


def _reembed(voiceprint: Voiceprint, space: str, *, actor: str) -> bool:
    voice = _extract_again(voiceprint)
    if str(voice.space) != space.strip():
        raise SpaceMismatch(space, str(voice.space))
    return _store(voiceprint, voice, actor=actor)


@transaction.atomic
def _store(old: Voiceprint, voice: ExtractedVoice, *, actor: str) -> bool:
    """Store the new voiceprint, unless the old one was deleted or moved meanwhile."""
    lock_person(old.person_id)
    if not Voiceprint.objects.filter(pk=old.pk, person=old.person_id).exists():
        return False
    new = NewVoiceprint(
        space=voice.space,
        vector=voice.vector,
        source=VoiceprintSource(old.source),
        speech_s=voice.speech_s,
        quality={**voice.quality, SAMPLE_OF: str(old.pk)},
        samples=voice.samples,
        speaker=old.transcript_speaker,
    )
    stored = store_voiceprint(old.person_id, new, actor=actor)
    audit.record(
        actor,
        Action.REEMBEDDED,
        person=old.person_id,
        voiceprint=str(stored.pk),
        sample_of=str(old.pk),
    )
    return True


def _extract_again(voiceprint: Voiceprint) -> ExtractedVoice:
    try:
        with _local_sample(voiceprint) as recording:
            return extract_sample_voice(recording)
    except FileNotFoundError as error:
        raise NoSample from error


@contextmanager
def _local_sample(voiceprint: Voiceprint) -> Iterator[Recording]:
    """Yield the sample as a local file."""
    suffix = suffix_of(voiceprint.sample.name or "")
    with NamedTemporaryFile(suffix=suffix, dir=temporary_files.folder()) as file:
        with voiceprint.sample.open("rb") as sample:
            shutil.copyfileobj(sample, file)
        file.flush()
        yield Recording(Path(file.name), suffix)
