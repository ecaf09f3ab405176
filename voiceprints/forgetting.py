"""How is somebody forgotten?

In one transaction: no print, no fingerprint, no link and no name is left. Where the person spoke,
another name stands. What was said stays as it was said, also where it mentions the person: it is
the speech of whoever said it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import F, Func, JSONField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Lower

from voiceprints import audit
from voiceprints.erasing import erase_voice
from voiceprints.jobs.forgetting import take_out_of_results
from voiceprints.locking import locked_person, locked_transcripts
from voiceprints.models import IdempotencyKey, Person, Transcript, TranscriptSpeaker
from voiceprints.models.audit import Action
from voiceprints.rewriting import mention_of, renaming, rewritten

SHORTEST_PSEUDONYM = 4
LONGEST_NAME = 200
# Whoever speaks in a segment is among the result's speakers: what was said, which is most of a
# result, need not be searched for names.
_BESIDES_SEGMENTS = Cast(
    Func(
        F("result"),
        Cast(Value("segments"), TextField()),
        template="(%(expressions)s)",
        arg_joiner=" - ",
        output_field=JSONField(),
    ),
    TextField(),
)


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
        When the replacement is blank, too long, still has the person's name, or is somebody's.
    """
    person = locked_person(person_id)
    called = _replacement(person, replacement)
    transcripts = locked_transcripts(_transcripts_with(person))
    for locked in transcripts:
        # Read anew, so that only one result at a time is in memory.
        _take_out(person, Transcript.objects.get(pk=locked.pk), called)
    prints = erase_voice(person)
    TranscriptSpeaker.objects.filter(person=person).update(person=None)
    _forget_what_was_answered(person)
    take_out_of_results(_names_of(person), called)
    _forget_what_the_admin_noted(person, called)
    person.delete()
    audit.record(
        actor, Action.FORGOTTEN, person=person_id, prints=prints, transcripts=len(transcripts)
    )
    return Forgotten(called, prints, len(transcripts))


def _replacement(person: Person, given: str | None) -> str:
    if given is None:
        return pseudonym(person)
    called = " ".join(given.split())
    if not 0 < len(called) <= LONGEST_NAME:
        raise ValueError(f"replacement: expected a name of 1 to {LONGEST_NAME} characters.")
    if any(mention_of(name).search(called) for name in _names_of(person)):
        raise ValueError("replacement: expected another name than the one to forget.")
    if Person.objects.named(called).exists():
        raise ValueError("replacement: expected a name that nobody has.")
    return called


def pseudonym(person: Person) -> str:
    """`Person 7f3a`: as many digits of the identifier as no other name in use begins with."""
    digits = person.id.hex
    for length in range(SHORTEST_PSEUDONYM, len(digits)):
        name = f"Person {digits[:length]}"
        taken = TranscriptSpeaker.objects.filter(name=name).exclude(person=person)
        if not taken.exists() and not Person.objects.named(name).exists():
            return name
    return f"Person {digits}"


def _transcripts_with(person: Person) -> QuerySet[Transcript, UUID]:
    """Where the person spoke, and where the name stands without being linked."""
    lower = person.name.lower()
    named = TranscriptSpeaker.objects.annotate(lower=Lower("name")).filter(
        Q(person=person) | Q(lower=lower)
    )
    mentioned = Q(besides__icontains=_as_json(person.name)) | Q(
        recording_name__icontains=person.name.split()[0]
    )
    looked_at = Transcript.objects.alias(besides=_BESIDES_SEGMENTS)
    found = looked_at.filter(Q(pk__in=named.values("transcript")) | mentioned)
    return found.order_by("pk").values_list("pk", flat=True)


def _take_out(person: Person, transcript: Transcript, called: str) -> None:
    """Give the person's speakers another name, there and in the result."""
    linked = transcript.speakers.filter(person=person)
    # Elsewhere an alias is most likely somebody else's name.
    names = {*_names_of(person), *_shown(transcript, linked)} if linked else {person.name}
    transcript.speakers.filter(Q(person=person) | Q(name__iexact=person.name)).update(
        name=called, fingerprint=None, space=None
    )
    transcript.result = rewritten(transcript.result, renaming(dict.fromkeys(names, called)))
    for name in names:
        transcript.recording_name = mention_of(name).sub(called, transcript.recording_name)
    transcript.save(update_fields=["result", "recording_name"])


def _names_of(person: Person) -> set[str]:
    return {name for name in (person.name, *person.aliases) if name.strip()}


def _shown(transcript: Transcript, linked: Iterable[TranscriptSpeaker]) -> set[str]:
    """What these speakers are called by now, and were called when the transcript was kept."""
    labels = {speaker.label for speaker in linked}
    given = transcript.result.get("speakers", [])
    at_first = {one["name"] for one in given if one["cluster"] in labels}
    return {speaker.name for speaker in linked} | at_first


def _forget_what_was_answered(person: Person) -> None:
    """A repeated request must neither tell the name nor bring the person back."""
    told = Q(body__icontains=str(person.id))
    for name in _names_of(person):
        told |= Q(body__icontains=_as_json(name))
    IdempotencyKey.objects.filter(told).update(body=None)


def _forget_what_the_admin_noted(person: Person, called: str) -> None:
    noted = LogEntry.objects.filter(
        Q(object_id=str(person.id)) | Q(object_repr__icontains=person.name)
    )
    noted.update(object_repr=called, change_message="")


def _as_json(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)
