"""How do two entries of one person become one?"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audio.merge.name_spelling import name_key
from voiceprints.erasure.voice_erasure import erase_voice, erase_voiceprints
from voiceprints.models import IdempotencyKey, Person, TranscriptSpeaker, audit
from voiceprints.models.audit import Action
from voiceprints.storage.locks import lock_people, lock_transcripts

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class MergedPeople:
    """What moved from one entry to the other."""

    prints: int
    transcripts: int


@transaction.atomic
def merge_people(merged: UUID, into: UUID, *, actor: str) -> MergedPeople:
    """Move all that belongs to one person to another, who they are; the first is deleted.

    The old name stays as an alias. Transcripts show the name that remains. Of two consents the
    later word counts; where that is a no, neither voice is kept, with its fingerprints.

    Raises
    ------
    PersonNotFound
    ValueError
        When it is the same person.
    """
    if merged == into:
        raise ValueError("into: expected another person, got the same.")
    people = lock_people(merged, into)
    gone, stays = people[merged], people[into]
    appearances = TranscriptSpeaker.objects.filter(person=gone)
    touched = set(appearances.values_list("transcript", flat=True))
    _take_over(gone, stays)
    is_no = stays.has_consent_ended(timezone.now())
    # At once: whoever took one after the other could wait in a circle.
    lock_transcripts(touched | (_heard_in(stays) if is_no else set()))
    prints = _move_prints(gone, stays)
    appearances.update(person=stays, name=stays.name)
    # Sent again, a request would tell of somebody who is there no more.
    IdempotencyKey.objects.filter(body__icontains=str(merged)).update(body=None)
    gone.delete()
    if is_no:
        erase_voice(stays)
    audit.record(
        actor,
        Action.MERGED,
        person=into,
        merged=str(merged),
        prints=prints,
        transcripts=len(touched),
    )
    return MergedPeople(prints, len(touched))


def _take_over(gone: Person, stays: Person) -> None:
    known = {name_key(name) for name in (stays.name, *stays.aliases)}
    for name in (gone.name, *gone.aliases):
        if name_key(name) not in known:
            stays.aliases.append(name)
            known.add(name_key(name))
    stays.former_names += [gone.name, *gone.former_names]
    later = max(stays, gone, key=_last_word_on_consent)
    stays.consent_given_at = later.consent_given_at
    stays.consent_how = later.consent_how
    stays.consent_until = later.consent_until
    stays.notes = "\n\n".join(notes for notes in (stays.notes, gone.notes) if notes)
    stays.save()


def _last_word_on_consent(person: Person) -> datetime:
    """When consent was given, or, if it has ended, when that was."""
    if person.has_consent_ended(timezone.now()) and person.consent_until is not None:
        return person.consent_until
    return person.consent_given_at or _NEVER


def _heard_in(person: Person) -> set[UUID]:
    return set(person.appearances.values_list("transcript", flat=True))


def _move_prints(gone: Person, stays: Person) -> int:
    if not stays.has_consent():
        erase_voiceprints(gone.voiceprints.all())
        return 0
    return gone.voiceprints.update(person=stays)
