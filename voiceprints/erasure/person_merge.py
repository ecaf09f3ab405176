"""The merge of two entries of one person, for the API and the admin."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audio.merge.name_spelling import name_key
from voiceprints.erasure.voice_erasure import erase_voice, erase_voiceprints
from voiceprints.matching.space_thresholds import update_thresholds_on_commit
from voiceprints.models import (
    IdempotencyKey,
    Person,
    Transcript,
    TranscriptSpeaker,
    audit,
)
from voiceprints.models.audit import Action
from voiceprints.storage.locks import lock_people, lock_transcripts
from voiceprints.transcripts.correction_history import move_history, transcripts_with_history_of

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class MergedPeople:
    """The numbers of voiceprints and transcripts that moved from one entry to the other."""

    voiceprints: int
    transcripts: int


@transaction.atomic
def merge_people(merged: UUID, into: UUID, *, actor: str) -> MergedPeople:
    """Move everything from one person to another entry of the same person; delete the first.

    The deleted entry's name becomes an alias. Transcripts show the remaining name. The later
    decision on consent counts; if it ended consent, both voices are erased.

    Raises
    ------
    PersonNotFound
    ValueError
        When both are the same entry.
    """
    if merged == into:
        raise ValueError("into: expected another person, got the same.")
    people = lock_people(merged, into)
    source, target = people[merged], people[into]
    appearances = TranscriptSpeaker.objects.filter(person=source)
    touched = set(appearances.values_list("transcript", flat=True))
    _take_over(source, target)
    has_ended = target.has_consent_ended(timezone.now())
    # One call for all: a second call could break the order of locks and cause a deadlock.
    remembered = set(transcripts_with_history_of(merged, ()))
    ended = _transcripts_of(target) if has_ended else set()
    lock_transcripts(touched | remembered | ended)
    moved = _move_voiceprints(source, target)
    appearances.update(person=target, name=target.name)
    move_history(merged, into)
    Transcript.objects.filter(pk__in=touched).count_version()
    # A repeated request would return a person that no longer exists.
    IdempotencyKey.objects.filter(body__icontains=str(merged)).update(body=None)
    source.delete()
    if has_ended:
        erase_voice(target)
    audit.record(
        actor,
        Action.MERGED,
        person=into,
        merged=str(merged),
        prints=moved,
        transcripts=len(touched),
    )
    return MergedPeople(moved, len(touched))


def _take_over(source: Person, target: Person) -> None:
    known = {name_key(name) for name in (target.name, *target.aliases)}
    for name in (source.name, *source.aliases):
        if name_key(name) not in known:
            target.aliases.append(name)
            known.add(name_key(name))
    target.former_names += [source.name, *source.former_names]
    later = max(target, source, key=_last_decision_on_consent)
    target.consent_given_at = later.consent_given_at
    target.consent_how = later.consent_how
    target.consent_until = later.consent_until
    target.notes = "\n\n".join(notes for notes in (target.notes, source.notes) if notes)
    target.save()


def _last_decision_on_consent(person: Person) -> datetime:
    """Return when consent ended, or else when it was given."""
    if person.has_consent_ended(timezone.now()) and person.consent_until is not None:
        return person.consent_until
    return person.consent_given_at or _NEVER


def _transcripts_of(person: Person) -> set[UUID]:
    return set(person.appearances.values_list("transcript", flat=True))


def _move_voiceprints(source: Person, target: Person) -> int:
    if not target.has_consent():
        erase_voiceprints(source.voiceprints.all())
        return 0
    moved = source.voiceprints.order_by()
    # As many voiceprints as before, but of one person less.
    update_thresholds_on_commit(set(moved.values_list("space", flat=True)), is_forced=True)
    return moved.update(person=target)
