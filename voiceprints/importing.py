"""What becomes of prints that come as a file?"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from pgvector.django import CosineDistance

from audio.merge.timeline import Fingerprint
from voiceprints import audit
from voiceprints.consent import Consent, consenting_person
from voiceprints.enrolment import enrol_fingerprint
from voiceprints.exchange import NamedPrints
from voiceprints.models import Person, Space
from voiceprints.models.audit import Action
from voiceprints.refusals import ConsentEnded

# Kept in single precision, the same direction differs from itself by less.
SAME = 1e-6


@dataclass(frozen=True, slots=True)
class Imported:
    """How many prints of a person were added, and how many were there already."""

    added: int
    known: int


@transaction.atomic
def import_person(
    prints: NamedPrints, space: str, *, consent: Consent | None, actor: str, dry_run: bool = False
) -> Imported:
    """Add all prints of one person, or none; what is there already stays as it is.

    Consent that ended is not given anew for many people at once.

    Raises
    ------
    EnrolmentRefused
    ValueError
        When that is no name.
    """
    before = Person.objects.named(prints.name).first()
    if before is not None and before.refuses(timezone.now()):
        raise ConsentEnded(before.id)
    person = consenting_person(prints.name, consent, actor=actor)
    new = [vector for vector in prints.vectors if not _has(person, vector, space)]
    for vector in new:
        enrol_fingerprint(person.id, vector, space, actor=actor)
    if new:
        audit.record(actor, Action.IMPORTED, person=person.id, prints=len(new))
    transaction.set_rollback(dry_run)
    return Imported(len(new), len(prints.vectors) - len(new))


def _has(person: Person, vector: Fingerprint, space: str) -> bool:
    known = Space.named(space)
    own = person.voiceprints.filter(space=known).alias(distance=CosineDistance("vector", vector))
    return own.filter(distance__lte=SAME).exists()
