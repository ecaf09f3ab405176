"""How do known voices come into the space of another model?

The kept samples are heard again by the engine now configured. Prints of the old space stay: they
are compared with nothing any more, and can be deleted once the new model has proved itself.
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
from audio.media.recording import Recording
from voiceprints.enrolment.voice_extraction import ExtractedVoice, extract_sample_voice
from voiceprints.enrolment.voiceprint_store import NewVoiceprint, store_voiceprint
from voiceprints.models import Person, Space, Voiceprint, audit
from voiceprints.models.audit import Action
from voiceprints.models.voiceprints import VoiceprintSource
from voiceprints.people.consent import check_consent
from voiceprints.storage.locks import lock_person

# In the quality of a print: the print whose sample it was made of.
SAMPLE_OF = "sample_of"


class SpaceMismatch(Exception):
    """The engine that is configured makes fingerprints of another space."""

    def __init__(self, wanted: str, found: str) -> None:
        super().__init__(f"The engine makes fingerprints of {found!r}, not of {wanted!r}.")


class NoSample(Exception):
    """No sample of a person's voice was kept."""

    def __init__(self) -> None:
        super().__init__("No sample of this voice was kept: enrol it again.")


def people_to_reembed(space: str) -> list[Person]:
    """Everybody with a print, but none in this space, or a sample not heard for it yet."""
    own = Voiceprint.objects.filter(person=OuterRef("pk"))
    new = Space.named(space)
    known, here = Exists(own.exclude(space=new)), Exists(own.filter(space=new))
    waiting = Exists(_unheard(new).filter(person=OuterRef("pk")))
    return list(Person.objects.filter(known).filter(waiting | ~here))


def samples_to_reembed(person: Person, space: str) -> QuerySet[Voiceprint]:
    """The prints of other spaces whose samples have no print in this one."""
    return _unheard(Space.named(space)).filter(person=person)


def _unheard(space: Space | None) -> QuerySet[Voiceprint]:
    """Samples without a print in this space; a copy only where its original is gone."""
    prints = Voiceprint.objects.alias(
        key=Cast("pk", TextField()), of=KeyTextTransform(SAMPLE_OF, "quality")
    )
    own = prints.filter(person=OuterRef("person"))
    heard, original = own.filter(space=space, of=OuterRef("key")), own.filter(key=OuterRef("of"))
    others = prints.exclude(space=space).exclude(sample="")
    return others.filter(~Exists(heard), ~Exists(original))


def reembed_person(person: Person, space: str, *, actor: str) -> int:
    """Make prints in this space of a person's kept samples; count them.

    Raises
    ------
    AnotherSpace, NothingToHear, EnrolmentRefused, PersonGone, UnusableAudio, EngineError
    """
    check_consent(person.id)
    waiting = list(samples_to_reembed(person, space))
    if not waiting:
        raise NoSample
    return sum(_reembed(voiceprint, space, actor=actor) for voiceprint in waiting)


def _reembed(voiceprint: Voiceprint, space: str, *, actor: str) -> bool:
    heard = _heard_again(voiceprint)
    if str(heard.space) != space.strip():
        raise SpaceMismatch(space, str(heard.space))
    return _keep(voiceprint, heard, actor=actor)


@transaction.atomic
def _keep(old: Voiceprint, heard: ExtractedVoice, *, actor: str) -> bool:
    """Unless the old print was deleted or given to somebody else meanwhile."""
    lock_person(old.person_id)
    if not Voiceprint.objects.filter(pk=old.pk, person=old.person_id).exists():
        return False
    learned = NewVoiceprint(
        space=heard.space,
        vector=heard.vector,
        source=VoiceprintSource(old.source),
        speech_s=heard.speech_s,
        quality={**heard.quality, SAMPLE_OF: str(old.pk)},
        samples=heard.samples,
        speaker=old.transcript_speaker,
    )
    new = store_voiceprint(old.person_id, learned, actor=actor)
    audit.record(
        actor,
        Action.REEMBEDDED,
        person=old.person_id,
        voiceprint=str(new.pk),
        sample_of=str(old.pk),
    )
    return True


def _heard_again(voiceprint: Voiceprint) -> ExtractedVoice:
    try:
        with _local(voiceprint) as recording:
            return extract_sample_voice(recording)
    except FileNotFoundError as error:
        raise NoSample from error


@contextmanager
def _local(voiceprint: Voiceprint) -> Iterator[Recording]:
    """The sample as a file here, wherever it is stored."""
    suffix = Path(voiceprint.sample.name or "").suffix
    with NamedTemporaryFile(suffix=suffix, dir=temporary_files.folder()) as file:
        with voiceprint.sample.open("rb") as stored:
            shutil.copyfileobj(stored, file)
        file.flush()
        yield Recording(Path(file.name), suffix)
