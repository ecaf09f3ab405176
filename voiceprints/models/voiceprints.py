"""Voiceprints: the embeddings stored for people."""

import uuid
from datetime import datetime

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Now
from pgvector.django import HalfVectorField, HnswIndex, VectorField

from audio.media.recording import suffix_of
from voiceprints.models.people import Person
from voiceprints.models.spaces import DIMENSION, Space, unit_length

SAMPLES_FOLDER = "samples"
# Half precision is enough to propose neighbours, and half the bytes to read. The index serves only
# queries that cast to exactly this type (`voiceprints/matching/neighbours.py`).
HALVES = HalfVectorField(dimensions=DIMENSION)


class VoiceprintQuerySet(models.QuerySet["Voiceprint"]):
    """Queries for voiceprints that may be used."""

    def usable(self, space: Space, now: datetime) -> "VoiceprintQuerySet":
        """Filter by space, and by consent of the person at that time."""
        return self.filter(
            Q(person__consent_until=None) | Q(person__consent_until__gt=now),
            space=space,
            person__consent_given_at__lte=now,
        )


class VoiceprintSource(models.TextChoices):
    """Where the embedding of a voiceprint comes from."""

    ENROLMENT = "enrolment", "enrolled from recordings"
    TRANSCRIPT = "transcript", "enrolled from a transcript"
    CALLER = "caller", "sent as numbers"


def sample_path(voiceprint: "Voiceprint", filename: str) -> str:
    """Return the path of a stored sample; it does not reveal the person."""
    return f"{SAMPLES_FOLDER}/{voiceprint.id}{suffix_of(filename)}"


class Voiceprint(models.Model):
    """An embedding stored for a person: a unit vector in one space, and its origin."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="voiceprints")
    space = models.ForeignKey(Space, models.PROTECT, related_name="voiceprints")
    vector = VectorField(dimensions=DIMENSION)
    source = models.CharField(max_length=20, choices=VoiceprintSource)
    speech_s = models.FloatField(null=True, blank=True)
    quality = models.JSONField(default=dict, blank=True)
    sample_start_s = models.FloatField(null=True, blank=True)
    sample_end_s = models.FloatField(null=True, blank=True)
    sample = models.FileField(upload_to=sample_path, blank=True)
    transcript_speaker = models.ForeignKey(
        "voiceprints.TranscriptSpeaker",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="voiceprints",
    )
    created_by = models.TextField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = VoiceprintQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=unit_length("vector"), name="voiceprint_has_length_one"
            ),
            models.CheckConstraint(
                condition=Q(source__in=VoiceprintSource.values), name="voiceprint_source_is_known"
            ),
            models.CheckConstraint(
                condition=Q(speech_s=None) | Q(speech_s__gte=0), name="voiceprint_speech_is_time"
            ),
            models.CheckConstraint(
                condition=Q(sample_start_s=None, sample_end_s=None)
                # A CHECK accepts a comparison with NULL.
                | Q(
                    sample_start_s__isnull=False,
                    sample_end_s__isnull=False,
                    sample_start_s__gte=0,
                    sample_end_s__gt=F("sample_start_s"),
                ),
                name="voiceprint_sample_is_a_span",
            ),
        ]
        indexes = [
            HnswIndex(
                OpClass(Cast("vector", HALVES), name="halfvec_cosine_ops"),
                m=24,
                ef_construction=128,
                name="voiceprint_by_likeness",
            )
        ]

    def __str__(self) -> str:
        return f"Voiceprint {self.id}"
