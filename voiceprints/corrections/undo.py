"""Taking back the corrections of a transcript, the newest first, to the first transcript.

A name that is taken back also takes back the voiceprints that were enrolled from the speaker for
that person since. An embedding that was deleted meanwhile does not come back.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from voiceprints.corrections.correction_errors import HistoryErased, NothingToUndo
from voiceprints.corrections.locked_rows import Check, insert_block, lock_with_people, save_block
from voiceprints.erasure.voice_erasure import erase_voiceprints
from voiceprints.models import Block, Correction, Person, TranscriptSpeaker, Voiceprint
from voiceprints.models.audit import Action
from voiceprints.models.transcripts import Transcript
from voiceprints.people.erasure_marks import lock_names, work_marked
from voiceprints.transcripts.correction_history import (
    BLOCK_FIELDS,
    NAME_FIELDS,
    SPEECH_FIELDS,
    Before,
    Row,
    audit_correction,
)


@work_marked()
@transaction.atomic
def undo_correction(transcript_id: UUID, *, check: Check, actor: str) -> Correction:
    """Take back the newest correction that is not taken back.

    Raises
    ------
    TranscriptNotFound, NothingToUndo, HistoryErased, TranscriptChanged
    """
    lock_names()
    lock_with_people(transcript_id, check, lambda: _people_of(_newest(transcript_id)))
    correction = _newest(transcript_id)
    if correction is None:
        raise NothingToUndo
    if correction.before is None:
        raise HistoryErased
    _restore(correction, Before.from_json(correction.before))
    correction.undone_at, correction.undone_by = timezone.now(), actor
    correction.save(update_fields=["undone_at", "undone_by"])
    Transcript.objects.filter(pk=transcript_id).count_version()
    audit_correction(correction, Action.CORRECTION_UNDONE, actor=actor)
    return correction


def _newest(transcript_id: UUID) -> Correction | None:
    return Correction.objects.filter(transcript=transcript_id).in_force().first()


def _people_of(correction: Correction | None) -> list[UUID]:
    """Return the people before the correction and after it."""
    return [] if correction is None else correction.people


def _restore(correction: Correction, before: Before) -> None:
    Block.objects.filter(pk__in=before.added_blocks).delete()
    for row in before.blocks:
        _restore_block(correction.transcript_id, row)
    for speaker, blocks in (before.moved or {}).items():
        Block.objects.filter(pk__in=blocks).update(speaker=int(speaker))
    _restore_speakers(before.speakers)
    TranscriptSpeaker.objects.filter(pk__in=before.added_speakers).delete()


def _restore_block(transcript_id: UUID, row: Row) -> None:
    fields = {name: row[name] for name in BLOCK_FIELDS}
    block = Block(pk=row["pk"], transcript_id=transcript_id, speaker_id=row["speaker"], **fields)
    if Block.objects.filter(pk=block.pk).exists():
        save_block(block, *BLOCK_FIELDS, "speaker")
    else:
        insert_block(block)


def _restore_speakers(rows: Iterable[Row]) -> None:
    for row in rows:
        speaker = TranscriptSpeaker.objects.get(pk=row["pk"])
        for name in SPEECH_FIELDS:
            setattr(speaker, name, row[name])
        speaker.save(update_fields=SPEECH_FIELDS)
        if "name" in row:
            _restore_name(speaker, row)


def _restore_name(speaker: TranscriptSpeaker, row: Row) -> None:
    """Restore the name, or if it is a person's, the name which the person has now."""
    named, person = speaker.person_id, Person.objects.filter(pk=row["person"]).first()
    speaker.source, speaker.name = row["source"], person.name if person else row["name"]
    speaker.person = person
    speaker.save(update_fields=[*NAME_FIELDS, "person"])
    if person is not None and person.has_consent_ended(timezone.now()):
        speaker.embedding = speaker.space = None
        speaker.save(update_fields=["embedding", "space"])
    if named is not None:
        enrolled = Voiceprint.objects.filter(person=named, transcript_speaker=speaker)
        erase_voiceprints(enrolled.exclude(pk__in=row["voiceprints"]))
