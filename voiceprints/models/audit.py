"""The audit: which key or user did what with which person or transcript, and when."""

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Action(models.TextChoices):
    """The actions that are recorded in the audit."""

    PERSON_CREATED = "person_created"
    PERSON_CHANGED = "person_changed"
    CONSENT_CHANGED = "consent_changed"
    ENROLLED = "enrolled"
    PRINT_DELETED = "print_deleted"
    VECTOR_READ = "vector_read"
    IDENTIFIED = "identified"
    EXPORTED = "exported"
    IMPORTED = "imported"
    REEMBEDDED = "reembedded"
    MERGED = "merged"
    FORGOTTEN = "forgotten"
    PURGED = "purged"
    TRANSCRIPT_STORED = "transcript_stored"
    TRANSCRIPT_CHANGED = "transcript_changed"
    TRANSCRIPT_READ = "transcript_read"
    TRANSCRIPT_DELETED = "transcript_deleted"
    TRANSCRIPT_CORRECTED = "transcript_corrected"
    CORRECTION_UNDONE = "correction_undone"
    AUDIO_READ = "audio_read"
    SPEAKER_NAMED = "speaker_named"
    SPACE_CHANGED = "space_changed"
    VOCABULARY_CHANGED = "vocabulary_changed"


class AuditEntry(models.Model):
    """One line of the audit; a trigger refuses to change or delete it.

    It outlives the person and the transcript it is about: it holds identifiers without foreign
    keys, and never a name or a vector.
    """

    at = models.DateTimeField(db_default=Now(), editable=False)
    actor = models.TextField(editable=False)
    action = models.CharField(max_length=30, choices=Action, editable=False)
    person_id = models.UUIDField(null=True, editable=False)
    transcript_id = models.UUIDField(null=True, editable=False)
    detail = models.JSONField(default=dict, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "audit entries"
        constraints = [
            models.CheckConstraint(condition=~Q(actor=""), name="audit_actor_is_named"),
            models.CheckConstraint(
                condition=Q(action__in=Action.values), name="audit_action_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["person_id", "-id"], name="audit_by_person"),
            models.Index(fields=["transcript_id", "-id"], name="audit_by_transcript"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action}"


Detail = int | float | bool | str | None


def record(
    actor: str,
    action: Action,
    *,
    person: UUID | None = None,
    transcript: UUID | None = None,
    **detail: Detail,
) -> AuditEntry:
    """Add a line to the audit; `detail` holds counts, figures and identifiers only."""
    return AuditEntry.objects.create(
        actor=actor, action=action, person_id=person, transcript_id=transcript, detail=detail
    )
