"""The corrections of stored transcripts, in order, and what each of them replaced."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from voiceprints.models.transcripts import Transcript


class CorrectionKind(models.TextChoices):
    """What a correction changes."""

    BLOCK = "block", "text or speaker of a block"
    SPLIT = "split", "a block split in two"
    JOIN = "join", "two blocks joined"
    MERGE_SPEAKERS = "merge_speakers", "two speakers merged"
    SPLIT_SPEAKER = "split_speaker", "blocks given to a new speaker"
    NAME = "name", "a speaker named"


class CorrectionQuerySet(models.QuerySet["Correction"]):
    """Queries for corrections by whether they were taken back."""

    def in_force(self) -> "CorrectionQuerySet":
        """Filter by corrections that were not taken back."""
        return self.filter(undone_at=None)


class Correction(models.Model):
    """One correction of a transcript, and the rows that it replaced.

    `before` is null once a person of the transcript was erased. `names`, in lower case, and
    `people` are those in `before`, for the erasure; embeddings are never stored here.
    """

    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="corrections")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=CorrectionKind)
    actor = models.TextField()
    at = models.DateTimeField(db_default=Now(), editable=False)
    block = models.PositiveIntegerField(null=True)
    speaker = models.TextField(blank=True, default="")
    into = models.TextField(blank=True, default="")
    person_id = models.UUIDField(null=True)
    before = models.JSONField(null=True)
    names = ArrayField(models.TextField(), default=list)
    people = ArrayField(models.UUIDField(), default=list)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.TextField(blank=True, default="")

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["transcript", "number"], name="correction_is_one"),
            models.CheckConstraint(
                condition=Q(kind__in=CorrectionKind.values), name="correction_kind_is_known"
            ),
            models.CheckConstraint(condition=~Q(actor=""), name="correction_actor_is_named"),
        ]
        indexes = [
            GinIndex(fields=["names"], name="correction_by_names"),
            GinIndex(fields=["people"], name="correction_by_people"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.kind}"
