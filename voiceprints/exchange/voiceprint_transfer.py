"""The export and import of voiceprints, for the commands of the same names."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from django.db import transaction
from django.utils import timezone
from pgvector.django import CosineDistance

from audio.merge.values import Embedding
from voiceprints.enrolment.voice_enrolment import enrol_embedding
from voiceprints.exchange.voiceprint_file import NamedVoiceprints, VoiceprintFile
from voiceprints.models import Person, Space, Voiceprint, audit
from voiceprints.models.audit import Action
from voiceprints.people.consent import Consent, get_or_create_consenting_person
from voiceprints.people.enrolment_errors import ConsentEnded
from voiceprints.people.erasure_marks import work_marked


@transaction.atomic
def export_voiceprints(
    space: Space, people: Collection[Person] | None = None, *, actor: str
) -> VoiceprintFile:
    """Return the voiceprints in a space of these people, or of all, if they consent."""
    usable = Voiceprint.objects.usable(space, timezone.now()).select_related("person")
    chosen = usable if people is None else usable.filter(person__in=people)
    exported = []
    for person, voiceprints in groupby(
        chosen.order_by("person__name", "created_at", "id"), key=lambda one: one.person
    ):
        vectors = tuple(np.asarray(one.vector, dtype=np.float64) for one in voiceprints)
        exported.append(NamedVoiceprints(person.name, vectors))
        audit.record(
            actor, Action.EXPORTED, person=person.id, prints=len(vectors), space=str(space)
        )
    return VoiceprintFile(str(space), tuple(exported))


# Rounding to single precision moves a vector by a smaller cosine distance.
SAME_DISTANCE = 1e-6


@dataclass(frozen=True, slots=True)
class ImportedVoiceprints:
    """The numbers of added voiceprints and of those that were already stored."""

    added: int
    known: int


@work_marked()
@transaction.atomic
def import_person(
    voiceprints: NamedVoiceprints,
    space: str,
    *,
    consent: Consent | None,
    actor: str,
    dry_run: bool = False,
) -> ImportedVoiceprints:
    """Add all voiceprints of one person, or none; voiceprints that are stored already are skipped.

    An import does not renew consent that has ended.

    Raises
    ------
    EnrolmentRefused
    ValueError
        When the name is invalid.
    """
    before = Person.objects.named(voiceprints.name).first()
    if before is not None and before.has_consent_ended(timezone.now()):
        raise ConsentEnded(before.id)
    person = get_or_create_consenting_person(voiceprints.name, consent, actor=actor)
    new = [vector for vector in voiceprints.vectors if not _has(person, vector, space)]
    for vector in new:
        enrol_embedding(person.id, vector, space, actor=actor)
    if new:
        audit.record(actor, Action.IMPORTED, person=person.id, prints=len(new))
    transaction.set_rollback(dry_run)
    return ImportedVoiceprints(len(new), len(voiceprints.vectors) - len(new))


def _has(person: Person, vector: Embedding, space: str) -> bool:
    known = Space.named(space)
    own = person.voiceprints.filter(space=known).alias(distance=CosineDistance("vector", vector))
    return own.filter(distance__lte=SAME_DISTANCE).exists()
