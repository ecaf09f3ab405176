"""Consent to store and compare a person's voice: recording it and checking it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audio.merge.name_spelling import readable
from voiceprints.models import Person, audit
from voiceprints.models.audit import Action
from voiceprints.people.enrolment_errors import ConsentEnded, ConsentMissing
from voiceprints.people.person_names import get_or_create_person
from voiceprints.storage.locks import PersonNotFound, lock_person

LONGEST_NAME = 200
LONGEST_HOW = 1_000
# Consent that ends within this time should be renewed now.
ENDS_SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Consent:
    """A person's consent to store and compare the voice, from `given_at` until `until`.

    Without `until` it is in force until it is withdrawn.

    Raises
    ------
    ValueError
        When `how` is blank, or `until` is not after `given_at`.
    """

    how: str
    until: datetime | None = None
    given_at: datetime = field(default_factory=timezone.now)

    def __post_init__(self) -> None:
        if not self.how.strip():
            raise ValueError("how: expected how consent was given, such as 'signed form'.")
        if self.until is not None and self.until <= self.given_at:
            raise ValueError("until: expected a time after given_at, which is now by default.")

    def apply_to(self, person: Person) -> None:
        """Replace the consent of a person, without saving it."""
        person.consent_given_at = self.given_at
        person.consent_how = self.how.strip()
        person.consent_until = self.until


@transaction.atomic
def record_consent(person_id: UUID, consent: Consent, *, actor: str) -> Person:
    """Store a person's consent in place of the previous one.

    Raises
    ------
    PersonNotFound
    """
    person = lock_person(person_id)
    consent.apply_to(person)
    person.save(update_fields=["consent_given_at", "consent_how", "consent_until"])
    audit.record(actor, Action.CONSENT_CHANGED, person=person_id)
    return person


@transaction.atomic
def get_or_create_consenting_person(name: str, consent: Consent | None, *, actor: str) -> Person:
    """Return the person with this name, created if missing; store consent if none is in force.

    Raises
    ------
    ConsentMissing
        When no consent is in force and none is given.
    ValueError
        When the name is invalid.
    """
    check_consent_by_name(name, consent)
    person = get_or_create_person(clean_name(name), actor=actor)
    if consent is None or person.has_consent():
        return person
    return record_consent(person.id, consent, actor=actor)


def check_consent_by_name(name: str, consent: Consent | None) -> None:
    """Refuse, before any work, a person whose voice must not be stored.

    Raises
    ------
    ConsentMissing, ValueError
    """
    person = Person.objects.named(clean_name(name)).first()
    if consent is not None:
        return
    if person is None:
        raise ConsentMissing
    check_consent(person.id)


def clean_name(text: str) -> str:
    """Return a name as it is stored: on one line, with single spaces.

    Raises
    ------
    ValueError
    """
    name = " ".join(readable(text).split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise ValueError(f"name: expected 1 to {LONGEST_NAME} characters.")
    return name


def check_consent(person_id: UUID) -> None:
    """Refuse, before an engine is called, a voiceprint that must not be stored.

    Raises
    ------
    PersonNotFound, ConsentMissing
    """
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise PersonNotFound(person_id)
    require_consent(person)


def require_consent(person: Person) -> None:
    """Raise the refusal of a person without consent.

    Raises
    ------
    ConsentMissing
    """
    if not person.has_consent():
        has_ended = person.has_consent_ended(timezone.now())
        raise (ConsentEnded if has_ended else ConsentMissing)(person.id)
