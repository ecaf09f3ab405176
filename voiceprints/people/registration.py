"""Who is in the library, under which name, and with what consent?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from voiceprints.models import Person, TranscriptSpeaker, audit
from voiceprints.models.audit import Action
from voiceprints.people.consent import Consent
from voiceprints.storage.locks import lock_person, lock_transcripts


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDetails:
    """What is to be known of a person; None leaves it as it is."""

    name: str | None = None
    aliases: tuple[str, ...] | None = None
    notes: str | None = None
    consent: Consent | None = None
    consent_is_withdrawn: bool = False


@transaction.atomic
def create_person(details: PersonDetails, *, actor: str) -> Person:
    """Add somebody.

    Raises
    ------
    IntegrityError
        When the name is somebody else's.
    """
    person = Person()
    _take_in(person, details)
    person.save(force_insert=True)
    audit.record(actor, Action.PERSON_CREATED, person=person.id)
    _record_consent(person, details, actor)
    person.refresh_from_db()
    return person


@transaction.atomic
def update_person(
    person_id: UUID, details: PersonDetails, *, actor: str, demand: Callable[[Person], None]
) -> Person:
    """Change what is known of somebody; `demand` may refuse once nobody else can change it.

    Transcripts show the new name wherever the person speaks.

    Raises
    ------
    PersonGone
    IntegrityError
        When the name is somebody else's.
    """
    person = lock_person(person_id)
    demand(person)
    _take_in(person, details)
    person.save()
    if details.name is not None:
        rename_speakers(person)
    if (details.name, details.aliases, details.notes) != (None, None, None):
        audit.record(actor, Action.PERSON_CHANGED, person=person.id)
    _record_consent(person, details, actor)
    person.refresh_from_db()
    return person


def _take_in(person: Person, details: PersonDetails) -> None:
    person.name = person.name if details.name is None else details.name
    person.aliases = person.aliases if details.aliases is None else list(details.aliases)
    person.notes = person.notes if details.notes is None else details.notes
    if details.consent is not None:
        details.consent.apply_to(person)
    if details.consent_is_withdrawn:
        _withdraw(person, timezone.now())


def _withdraw(person: Person, now: datetime) -> None:
    """End what holds now; consent that was to begin later was never in force."""
    if person.has_consent(now):
        person.consent_until = now
    elif person.consent_given_at is not None and person.consent_given_at >= now:
        person.consent_given_at = person.consent_until = None


def rename_speakers(person: Person) -> None:
    """Show the name of somebody, whom the caller has locked, wherever the person speaks."""
    appearances = TranscriptSpeaker.objects.filter(person=person).exclude(name=person.name)
    lock_transcripts(appearances.values_list("transcript", flat=True))
    appearances.update(name=person.name)


def _record_consent(person: Person, details: PersonDetails, actor: str) -> None:
    if details.consent is not None or details.consent_is_withdrawn:
        holds = person.has_consent()
        audit.record(actor, Action.CONSENT_CHANGED, person=person.id, holds=holds)
