"""How is somebody forgotten?

In one transaction: no print, no fingerprint, no link and no name is left. Where the person spoke,
another name stands. What was said stays as it was said, also where it mentions the person: it is
the speech of whoever said it.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower

from audio.merge.name_spelling import name_key, readable
from voiceprints.erasure.job_results import take_out_of_results
from voiceprints.erasure.name_traces import (
    OwnNames,
    bearers,
    names_there,
    transcripts_with,
    with_speakers,
)
from voiceprints.erasure.voice_erasure import erase_voice
from voiceprints.models import IdempotencyKey, Person, Transcript, TranscriptSpeaker, audit
from voiceprints.models.audit import Action
from voiceprints.storage.locks import locked_person, locked_transcripts
from voiceprints.transcripts.name_mentions import mentions, with_mention
from voiceprints.transcripts.name_replacement import renamed, renaming

SHORTEST_PSEUDONYM = 4
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What forgetting somebody changed."""

    replacement: str
    prints: int
    transcripts: int


@transaction.atomic
def forget(person_id: UUID, *, actor: str, replacement: str | None = None) -> Forgotten:
    """Leave nothing of a person but `replacement`, or `Person 7f3a`, where they spoke.

    Raises
    ------
    PersonGone
    ValueError
        When the replacement is blank, too long, still has the person's name, or is the
        name of somebody else, in the library or in a transcript that is changed.
    """
    person = locked_person(person_id)
    names = OwnNames.of(person)
    called = pseudonym(person) if replacement is None else _replacement(names, replacement)
    transcripts = [kept.pk for kept in locked_transcripts(transcripts_with(names))]
    _refuse_anybody_there(person, transcripts, called)
    prints = erase_voice(person)
    _take_out(names, transcripts, called)
    _forget_what_was_answered(names)
    take_out_of_results(names.possible, called)
    _forget_what_the_admin_noted(names, called)
    person.delete()
    audit.record(
        actor, Action.FORGOTTEN, person=person_id, prints=prints, transcripts=len(transcripts)
    )
    return Forgotten(called, prints, len(transcripts))


def _replacement(names: OwnNames, given: str) -> str:
    called = readable(given)
    if not 0 < len(called) <= LONGEST_NAME:
        raise ValueError(f"replacement: expected a name of 1 to {LONGEST_NAME} characters.")
    if any(mentions(called, name) for name in names.possible):
        raise ValueError("replacement: expected another name than the one to forget.")
    if Person.objects.named(called).exists():
        raise ValueError("replacement: expected a name that nobody has.")
    return called


def _refuse_anybody_there(person: Person, transcripts: Collection[UUID], called: str) -> None:
    """Two who bear one name could never be told apart again."""
    there = TranscriptSpeaker.objects.filter(transcript__in=transcripts).exclude(person=person)
    if there.alias(lower=Lower("name")).filter(lower=name_key(called)).exists():
        raise ValueError("replacement: expected a name that nobody has in these transcripts.")


def pseudonym(person: Person) -> str:
    """`Person 7f3a`: as many digits of the identifier as no other name in use begins with."""
    digits = person.id.hex
    for length in range(SHORTEST_PSEUDONYM, len(digits)):
        name = f"Person {digits[:length]}"
        taken = TranscriptSpeaker.objects.filter(name=name).exclude(person=person)
        if not taken.exists() and not Person.objects.named(name).exists():
            return name
    return f"Person {digits}"


def _take_out(names: OwnNames, transcripts: Collection[UUID], called: str) -> None:
    """Give the person another name, in results and in names of recordings, then the speakers."""
    for transcript in with_speakers(transcripts):
        _rewrite(transcript, names_there(names, transcript), called)
    bearers(names).update(name=called, embedding=None, space=None, person=None)


def _rewrite(transcript: Transcript, names: Iterable[str], called: str) -> None:
    """Save what changes, and nothing else: a result may be large."""
    result = renamed(transcript.result, renaming(dict.fromkeys(names, called)))
    recording = transcript.recording_name
    # The longest first: where one name is part of another, the whole is meant.
    for name in sorted(names, key=len, reverse=True):
        recording = with_mention(recording, name, called)
    changed = {"result": result, "recording_name": recording}
    fields = [field for field, new in changed.items() if new != getattr(transcript, field)]
    if fields:
        transcript.result, transcript.recording_name = result, recording
        transcript.save(update_fields=fields)


def _forget_what_was_answered(names: OwnNames) -> None:
    """A repeated request must neither tell the name nor bring the person back."""
    told = Q(body__icontains=str(names.person))
    for name in names.possible:
        told |= Q(body__icontains=_as_json(name))
    IdempotencyKey.objects.filter(told).update(body=None)


def _forget_what_the_admin_noted(names: OwnNames, called: str) -> None:
    noted = Q(object_id=str(names.person))
    for name in names.full:
        noted |= Q(object_repr__icontains=name)
    LogEntry.objects.filter(noted).update(object_repr=called, change_message="")


def _as_json(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)
