"""How is a single print deleted, and a transcript's description put right?"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from voiceprints.erasure.voice_erasure import erase_prints
from voiceprints.models import Transcript, Voiceprint, audit
from voiceprints.models.audit import Action
from voiceprints.storage.locks import locked_person, locked_transcripts


@transaction.atomic
def delete_print(person_id: UUID, print_id: UUID, *, actor: str) -> bool:
    """Delete a print and its sample; tell whether there was one.

    Raises
    ------
    PersonGone
    """
    locked_person(person_id)
    deleted = erase_prints(Voiceprint.objects.filter(pk=print_id, person=person_id))
    if deleted:
        audit.record(actor, Action.PRINT_DELETED, person=person_id, print=str(print_id))
    return deleted > 0


@transaction.atomic
def put_right(
    transcript_id: UUID, corrections: Mapping[str, str | datetime | None], *, actor: str
) -> Transcript | None:
    """Change fields of a transcript that do not say what was said; None where there is none."""
    for transcript in locked_transcripts([transcript_id]):
        for field, value in corrections.items():
            setattr(transcript, field, value)
        transcript.save(update_fields=[*corrections])
        if corrections:
            audit.record(actor, Action.TRANSCRIPT_CHANGED, transcript=transcript_id)
        return transcript
    return None
