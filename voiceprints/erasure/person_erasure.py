"""The erasure of a person with every trace, for the command `forget`, the API and the admin.

One transaction deletes the voiceprints, embeddings and links, and replaces the name wherever the
person spoke. The text of transcripts does not change, even where it mentions the person: it is the
speech of the speaker who said it.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower

from audio.merge.name_spelling import name_key, readable
from voiceprints.erasure.job_names import forget_in_unfinished_jobs, rename_in_results
from voiceprints.erasure.name_traces import (
    PersonNames,
    iterate_transcripts,
    names_in_transcript,
    speakers_named,
    transcripts_with_traces,
)
from voiceprints.erasure.voice_erasure import erase_voice
from voiceprints.models import IdempotencyKey, Person, Transcript, TranscriptSpeaker, audit
from voiceprints.models.audit import Action
from voiceprints.people.consent import LONGEST_NAME
from voiceprints.people.erasure_marks import (
    ErasedNames,
    lock_names_for_erasure,
    record_erased_names,
)
from voiceprints.recordings.kept_audio import delete_for_erasure
from voiceprints.recordings.silence import silence_speakers
from voiceprints.storage.locks import lock_person, lock_transcripts
from voiceprints.transcripts.correction_history import erase_history
from voiceprints.transcripts.name_mentions import joined_words, mentions_name, replace_mentions
from voiceprints.transcripts.result_names import name_replacer, replace_names
from voiceprints.vocabularies import forget_in_vocabularies

SHORTEST_PSEUDONYM = 4


@dataclass(frozen=True, slots=True)
class ErasedPerson:
    """The replacement of an erased name, and how many voiceprints and transcripts changed."""

    replacement: str
    voiceprints: int
    transcripts: int


@transaction.atomic
def erase_person(person_id: UUID, *, actor: str, replacement: str | None = None) -> ErasedPerson:
    """Erase a person; `replacement`, or `Person 7f3a`, is shown where the person spoke.

    Raises
    ------
    PersonNotFound
    ValueError
        When the replacement is blank, too long, contains a name of the person, or is the name of
        another person in the library or in a transcript that changes.
    """
    lock_names_for_erasure()
    person = lock_person(person_id)
    names = PersonNames.of(person)
    new_name = pseudonym(person) if replacement is None else _replacement(names, replacement)
    transcripts = [locked.pk for locked in lock_transcripts(transcripts_with_traces(names))]
    _check_name_is_free(person, transcripts, new_name)
    voiceprints = erase_voice(person)
    _erase_audio(names)
    _rename_in_transcripts(names, transcripts, new_name)
    _erase_stored_responses(names)
    _forget_in_work_under_way(names, new_name)
    rename_in_results(names.possible, new_name)
    forget_in_vocabularies(names.possible, names.others)
    _erase_admin_log(names, new_name)
    person.delete()
    audit.record(
        actor, Action.FORGOTTEN, person=person_id, prints=voiceprints, transcripts=len(transcripts)
    )
    return ErasedPerson(new_name, voiceprints, len(transcripts))


def _forget_in_work_under_way(names: PersonNames, new_name: str) -> None:
    """Replace the names in jobs, and record them for what is read already and not yet stored."""
    read = names.in_work_under_way()
    erased = ErasedNames.of(read, map(joined_words, read), new_name)
    forget_in_unfinished_jobs(erased)
    record_erased_names(erased)


def _replacement(names: PersonNames, given: str) -> str:
    new_name = readable(given)
    if not 0 < len(new_name) <= LONGEST_NAME:
        raise ValueError(f"replacement: expected a name of 1 to {LONGEST_NAME} characters.")
    if any(mentions_name(new_name, name) for name in names.possible):
        raise ValueError("replacement: expected another name than the one to forget.")
    if Person.objects.named(new_name).exists():
        raise ValueError("replacement: expected a name that no other person has.")
    return new_name


def _check_name_is_free(person: Person, transcripts: Collection[UUID], new_name: str) -> None:
    """Refuse a name that another speaker has: the two could not be distinguished later."""
    others = TranscriptSpeaker.objects.filter(transcript__in=transcripts).exclude(person=person)
    if others.alias(lower=Lower("name")).filter(lower=name_key(new_name)).exists():
        raise ValueError(
            "replacement: expected a name that no other speaker in these transcripts has."
        )


def pseudonym(person: Person) -> str:
    """Return `Person 7f3a`, with as many digits of the identifier as make it unique."""
    digits = person.id.hex
    for length in range(SHORTEST_PSEUDONYM, len(digits)):
        name = f"Person {digits[:length]}"
        taken = TranscriptSpeaker.objects.filter(name=name).exclude(person=person)
        if not taken.exists() and not Person.objects.named(name).exists():
            return name
    return f"Person {digits}"


def _erase_audio(names: PersonNames) -> None:
    """Delete the kept audio in which the person speaks, or silence the person in it."""
    spoken = dict(speakers_named(names).values_list("pk", "transcript"))
    if settings.KEEP_AUDIO_ON_FORGET == "silence":
        silence_speakers(set(spoken.values()), spoken.keys())
    else:
        delete_for_erasure(set(spoken.values()))


def _rename_in_transcripts(
    names: PersonNames, transcripts: Collection[UUID], new_name: str
) -> None:
    """Replace the name in results, recording names and speakers' rows; erase the history."""
    for transcript in iterate_transcripts(transcripts):
        _rewrite(transcript, names_in_transcript(names, transcript), new_name)
    speakers_named(names).update(name=new_name, embedding=None, space=None, person=None)
    erase_history(transcripts)
    Transcript.objects.filter(pk__in=transcripts).count_version()


def _rewrite(transcript: Transcript, names: Iterable[str], new_name: str) -> None:
    """Save only the fields that change, because a result may be large."""
    replacer = name_replacer(dict.fromkeys(names, new_name))
    result = replace_names(transcript.result, replacer)
    recording = transcript.recording_name
    # The longest name first: another name may be a part of it.
    for name in sorted(names, key=len, reverse=True):
        recording = replace_mentions(recording, name, new_name)
    changed = {"result": result, "recording_name": recording}
    fields = [field for field, new in changed.items() if new != getattr(transcript, field)]
    if fields:
        transcript.result, transcript.recording_name = result, recording
        transcript.save(update_fields=fields)


def _erase_stored_responses(names: PersonNames) -> None:
    """Erase responses that would return the name, or create the person again, on repetition."""
    named = Q(body__icontains=str(names.person))
    for name in names.possible:
        named |= Q(body__icontains=json.dumps(name, ensure_ascii=False))
    IdempotencyKey.objects.filter(named).update(body=None)


def _erase_admin_log(names: PersonNames, new_name: str) -> None:
    logged = Q(object_id=str(names.person))
    for name in names.full:
        logged |= Q(object_repr__icontains=name)
    LogEntry.objects.filter(logged).update(object_repr=new_name, change_message="")
