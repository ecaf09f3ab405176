"""Which prints leave the library as a file?"""

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


@transaction.atomic
def export_voiceprints(
    space: Space, people: Collection[Person] | None = None, *, actor: str
) -> VoiceprintFile:
    """The prints in one space of these people, or of all; only of those who agree to their use."""
    usable = Voiceprint.objects.usable(space, timezone.now()).select_related("person")
    chosen = usable if people is None else usable.filter(person__in=people)
    exported = []
    for person, prints in groupby(
        chosen.order_by("person__name", "created_at", "id"), key=lambda one: one.person
    ):
        vectors = tuple(np.asarray(one.vector, dtype=np.float64) for one in prints)
        exported.append(NamedVoiceprints(person.name, vectors))
        audit.record(
            actor, Action.EXPORTED, person=person.id, prints=len(vectors), space=str(space)
        )
    return VoiceprintFile(str(space), tuple(exported))


# Kept in single precision, the same direction differs from itself by less.
SAME = 1e-6


@dataclass(frozen=True, slots=True)
class ImportedVoiceprints:
    """How many prints of a person were added, and how many were there already."""

    added: int
    known: int


@transaction.atomic
def import_person(
    prints: NamedVoiceprints,
    space: str,
    *,
    consent: Consent | None,
    actor: str,
    dry_run: bool = False,
) -> ImportedVoiceprints:
    """Add all prints of one person, or none; what is there already stays as it is.

    Consent that ended is not given anew for many people at once.

    Raises
    ------
    EnrolmentRefused
    ValueError
        When that is no name.
    """
    before = Person.objects.named(prints.name).first()
    if before is not None and before.has_consent_ended(timezone.now()):
        raise ConsentEnded(before.id)
    person = get_or_create_consenting_person(prints.name, consent, actor=actor)
    new = [vector for vector in prints.vectors if not _has(person, vector, space)]
    for vector in new:
        enrol_embedding(person.id, vector, space, actor=actor)
    if new:
        audit.record(actor, Action.IMPORTED, person=person.id, prints=len(new))
    transaction.set_rollback(dry_run)
    return ImportedVoiceprints(len(new), len(prints.vectors) - len(new))


def _has(person: Person, vector: Embedding, space: str) -> bool:
    known = Space.named(space)
    own = person.voiceprints.filter(space=known).alias(distance=CosineDistance("vector", vector))
    return own.filter(distance__lte=SAME).exists()
