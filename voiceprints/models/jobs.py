"""What is asked for now and done later?"""

import uuid
from pathlib import PurePath

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from voiceprints.models.transcripts import Transcript

# The folder of recordings that wait.
RECORDINGS = "jobs"


class JobKind(models.TextChoices):
    """What is to be done with the recording: what the endpoint of that name does."""

    LABEL_MERGE = "label-merge", "who said what, by name"
    TRANSCRIBE = "transcribe-with-speakers", "blocks under anonymous labels"
    ARCHIVE = "archive", "one recording of an archive"


class JobState(models.TextChoices):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class CallState(models.TextChoices):
    """Whether whoever asked to be called was."""

    NOT_WANTED = "", "nobody is called"
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


class Job(models.Model):
    """One recording, or two tracks of one, what is to be done with it, and what became of it.

    `work` is a digest of the recordings and of all that is asked of them: of two jobs of the same
    work one runs at a time. `claim` is of the attempt under way: an attempt that was given up for
    dead, and lives, has lost it, and so can change nothing any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=30, choices=JobKind)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    name = models.TextField(blank=True, default="", help_text="What the recording is called.")
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
        max_length=10, choices=CallState, blank=True, default=CallState.NOT_WANTED
    )
    webhook_attempts = models.PositiveSmallIntegerField(default=0)
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
    """Where a recording waits: its name says nothing of what is in it."""
    suffix = PurePath(filename).suffix.lower()
    return f"{RECORDINGS}/{recording.job_id}-{recording.field}{suffix}"


class JobRecording(models.Model):
    """A recording that waits for its job, and goes when the job has ended."""

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
