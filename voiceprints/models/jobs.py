"""Queued jobs and the recordings that wait for them."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from audio.media.recording import suffix_of
from voiceprints.models.transcripts import Transcript

# The folder of recordings that wait for their jobs.
RECORDINGS_FOLDER = "jobs"


class JobKind(models.TextChoices):
    """The endpoint whose work a job does, or the archive command."""

    LABEL_MERGE = "label-merge", "who said what, by name"
    TRANSCRIBE = "transcribe-with-speakers", "blocks under anonymous labels"
    ARCHIVE = "archive", "one recording of an archive"


class JobState(models.TextChoices):
    """The states of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class WebhookState(models.TextChoices):
    """Whether the webhook of a job was delivered."""

    NOT_REQUESTED = "", "not requested"
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


class Job(models.Model):
    """A recording, or its two tracks, the work requested for it, and its result.

    `work` is a digest of the recordings and their options: two jobs with the same `work` never run
    at the same time. `claim` identifies the current attempt: an attempt that was taken for dead
    has lost its claim and can no longer change the job. `newest_erasure` is the erasure of names
    that its submission had seen; `pseudonyms` replaced erased names in it, and no voice is stored
    under them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=30, choices=JobKind)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    name = models.TextField(blank=True, default="", help_text="The name of the recording.")
    options = models.JSONField(default=dict, blank=True)
    reads_library = models.BooleanField(default=False)
    wants_vectors = models.BooleanField(default=False)
    sha256 = models.CharField(max_length=64)
    work = models.CharField(max_length=64)
    claim = models.UUIDField(null=True, editable=False)
    progress = models.FloatField(default=0.0)
    attempts = models.PositiveSmallIntegerField(default=0)
    transcript = models.ForeignKey(
        Transcript, models.SET_NULL, null=True, blank=True, related_name="jobs"
    )
    result = models.JSONField(null=True, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    error = models.JSONField(null=True, blank=True)
    audio_s = models.FloatField(null=True, blank=True)
    webhook_url = models.TextField(blank=True, default="")
    webhook_state = models.CharField(
        max_length=10, choices=WebhookState, blank=True, default=WebhookState.NOT_REQUESTED
    )
    webhook_attempts = models.PositiveSmallIntegerField(default=0)
    newest_erasure = models.PositiveBigIntegerField(default=0, editable=False)
    pseudonyms = ArrayField(models.TextField(), default=list, blank=True, editable=False)
    created_by = models.TextField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["work"],
                condition=Q(state=JobState.RUNNING),
                name="job_work_is_done_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$", work__regex=r"^[0-9a-f]{64}$"),
                name="job_digests_are_hex",
            ),
            models.CheckConstraint(condition=Q(kind__in=JobKind.values), name="job_kind_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=JobState.values), name="job_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(progress__gte=0, progress__lte=1), name="job_progress_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED, finished_at=None)
                | Q(finished_at__isnull=False) & ~Q(state__in=UNFINISHED),
                name="job_that_ended_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(state=JobState.RUNNING, claim__isnull=False)
                | Q(claim=None) & ~Q(state=JobState.RUNNING),
                name="job_that_runs_is_claimed",
            ),
        ]
        indexes = [
            models.Index(fields=["created_by", "-created_at", "id"], name="job_newest_first"),
            models.Index(fields=["work"], name="job_by_work"),
            models.Index(
                fields=["finished_at"],
                condition=Q(finished_at__isnull=False),
                name="job_by_end",
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.kind} {self.id}"


def recording_path(recording: "JobRecording", filename: str) -> str:
    """Return the path of a waiting recording; it does not reveal the original file name."""
    return f"{RECORDINGS_FOLDER}/{recording.job_id}-{recording.field}{suffix_of(filename)}"


class JobRecording(models.Model):
    """A recording that is stored until its job ends."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="recordings")
    field = models.CharField(max_length=20)
    name = models.TextField()
    file = models.FileField(upload_to=recording_path)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["job", "field"], name="job_field_is_one"),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.job_id}"
