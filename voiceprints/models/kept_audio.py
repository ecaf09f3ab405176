"""The audio that is kept beside transcripts, one file for each track."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from voiceprints.models.transcripts import Transcript

AUDIO_FOLDER = "audio"


class AudioState(models.TextChoices):
    """Whether the audio can be heard."""

    KEPT = "kept"
    SILENCING = "silencing", "waits until a forgotten person is silenced"
    DELETED = "deleted", "deleted with a forgotten person"


def audio_path(audio: "KeptAudio", filename: str) -> str:
    """Return the path of kept audio; it reveals neither the recording nor the transcript."""
    return f"{AUDIO_FOLDER}/{audio.id}.opus"


class KeptAudio(models.Model):
    """One track of a transcript's recording as Opus, and the peaks of its waveform.

    `silent` are the spans, in seconds, that are silenced before it can be heard again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="audio")
    track = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=AudioState, default=AudioState.KEPT)
    file = models.FileField(upload_to=audio_path, blank=True)
    seconds = models.FloatField()
    peaks = models.BinaryField()
    silent = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["transcript", "created_at", "track"]
        constraints = [
            models.UniqueConstraint(fields=["transcript", "track"], name="audio_track_is_one"),
            models.CheckConstraint(
                condition=Q(state__in=AudioState.values), name="audio_state_is_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["state"], condition=~Q(state=AudioState.KEPT), name="audio_not_kept"
            )
        ]

    def __str__(self) -> str:
        return f"{self.track} of {self.transcript_id}"
