"""Creating and updating people, with their names and consent, for the API and the admin."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from voiceprints.models import Person, Transcript, TranscriptSpeaker, audit
from voiceprints.models.audit import Action
from voiceprints.people.consent import Consent
from voiceprints.people.erasure_marks import work_marked
from voiceprints.people.person_names import refuse_erased
from voiceprints.storage.locks import lock_person, lock_transcripts

MOST_ALIASES, LONGEST_NOTES = 50, 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDetails:
    """The fields of a person to set; None leaves a field unchanged."""

    name: str | None = None
    aliases: tuple[str, ...] | None = None
    notes: str | None = None
    consent: Consent | None = None
    consent_is_withdrawn: bool = False


@work_marked()
@transaction.atomic
def create_person(details: PersonDetails, *, actor: str) -> Person:
    """Create a person.

    Raises
    ------
    NameErased
    IntegrityError
        When another person has the name.
    """
    _refuse_erased(details)
    person = Person()
    _apply(person, details)
    person.save(force_insert=True)
    audit.record(actor, Action.PERSON_CREATED, person=person.id)
    _record_consent(person, details, actor)
    person.refresh_from_db()
    return person


@work_marked()
@transaction.atomic
def update_person(
    person_id: UUID, details: PersonDetails, *, actor: str, check: Callable[[Person], None]
) -> Person:
    """Update a person; `check` is called with the locked person and may refuse the change.

    Transcripts show the new name for every speaker linked to the person.

    Raises
    ------
    PersonNotFound, NameErased
    IntegrityError
        When another person has the name.
    """
    _refuse_erased(details)
    person = lock_person(person_id)
    check(person)
    _apply(person, details)
    person.save()
    if details.name is not None:
        rename_speakers(person)
    if (details.name, details.aliases, details.notes) != (None, None, None):
        audit.record(actor, Action.PERSON_CHANGED, person=person.id)
    _record_consent(person, details, actor)
    person.refresh_from_db()
    return person


def _refuse_erased(details: PersonDetails) -> None:
    names = [*filter(None, [details.name]), *(details.aliases or ())]
    if names:
        refuse_erased(*names)


def _apply(person: Person, details: PersonDetails) -> None:
    person.name = person.name if details.name is None else details.name
    person.aliases = person.aliases if details.aliases is None else list(details.aliases)
    person.notes = person.notes if details.notes is None else details.notes
    if details.consent is not None:
        details.consent.apply_to(person)
    if details.consent_is_withdrawn:
        _withdraw(person, timezone.now())


def _withdraw(person: Person, now: datetime) -> None:
    """End consent that is in force, and remove consent that would begin later."""
    if person.has_consent(now):
        person.consent_until = now
    elif person.consent_given_at is not None and person.consent_given_at >= now:
        person.consent_given_at = person.consent_until = None


def rename_speakers(person: Person) -> None:
    """Give the speakers linked to a person, whom the caller has locked, the person's name."""
    appearances = TranscriptSpeaker.objects.filter(person=person).exclude(name=person.name)
    locked = lock_transcripts(appearances.values_list("transcript", flat=True))
    appearances.update(name=person.name)
    Transcript.objects.filter(pk__in=[one.pk for one in locked]).count_version()


def _record_consent(person: Person, details: PersonDetails, actor: str) -> None:
    if details.consent is not None or details.consent_is_withdrawn:
        audit.record(actor, Action.CONSENT_CHANGED, person=person.id, holds=person.has_consent())
