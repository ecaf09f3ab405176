"""Who did what with whose voice, when? Written in the transaction of what was done."""

from uuid import UUID

from voiceprints.models import AuditEntry
from voiceprints.models.audit import Action

Detail = int | float | bool | str | None


def record(
    actor: str,
    action: Action,
    *,
    person: UUID | None = None,
    transcript: UUID | None = None,
    **detail: Detail,
) -> AuditEntry:
    """Add a line. Its detail has counts, figures and identifiers, never a name or a vector."""
    return AuditEntry.objects.create(
        actor=actor, action=action, person_id=person, transcript_id=transcript, detail=detail
    )
