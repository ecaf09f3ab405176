"""Who is known, with whose consent, and what they sound like."""

import uuid
from datetime import datetime
from pathlib import PurePath

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Lower, Now
from django.db.models.lookups import Exact
from django.utils import timezone
from pgvector.django import HalfVectorField, HnswIndex, VectorField

from audio.merge.name_spelling import readable
from voiceprints.models.spaces import DIMENSION, Space, unit_length

# The folder of kept samples.
SAMPLES = "samples"
# Neither blank nor with space around it.
TRIMMED = r"^\S(.*\S)?$"
# Half precision is enough to propose neighbours, and half as much to read. The index serves only
# queries that cast to this very type (`voiceprints/matching/neighbours.py`).
HALVES = HalfVectorField(dimensions=DIMENSION)


class PersonQuerySet(models.QuerySet["Person"]):
    """People, by what may be done with them."""

    def consenting(self, now: datetime) -> "PersonQuerySet":
        """Those whose voice may be used at that moment."""
        return self.filter(consent_given_at__lte=now).exclude(consent_until__lte=now)

    def consent_ended(self, now: datetime) -> "PersonQuerySet":
        """Those whose consent was given once and has run out or was withdrawn."""
        return self.filter(consent_until__lte=now)

    def named(self, name: str) -> "PersonQuerySet":
        """The one of that name, in whatever case and however it is composed."""
        return self.filter(Exact(Lower("name"), Lower(models.Value(readable(name)))))


class Person(models.Model):
    """Somebody whose voice or name the library knows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    aliases = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text="Other names that a timeline may show.",
    )
    former_names = ArrayField(
        models.TextField(),
        default=list,
        blank=True,
        editable=False,
        help_text="A trigger adds to them whenever the name changes; forgetting looks for them.",
    )
    consent_given_at = models.DateTimeField(null=True, blank=True)
    consent_how = models.TextField(blank=True, default="")
    consent_until = models.DateTimeField(
        null=True, blank=True, help_text="Empty: until it is withdrawn."
    )
    notes = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    # A trigger sets these two on every change, also on one that does not come through here.
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(db_default=1, editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(Lower("name"), name="person_name_is_unique"),
            models.CheckConstraint(condition=Q(name__regex=TRIMMED), name="person_is_named"),
            models.CheckConstraint(
                condition=Q(consent_until=None)
                | Q(consent_given_at__isnull=False, consent_until__gt=F("consent_given_at")),
                name="person_consent_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def consents(self, now: datetime | None = None) -> bool:
        """Whether this voice may be used at that moment."""
        now = now or timezone.now()
        given, until = self.consent_given_at, self.consent_until
        return given is not None and given <= now and (until is None or now < until)

    def refuses(self, now: datetime) -> bool:
        """Whether consent was given once, and has run out or was withdrawn."""
        return self.consent_until is not None and self.consent_until <= now


class VoiceprintQuerySet(models.QuerySet["Voiceprint"]):
    """Voiceprints, by what may be done with them."""

    def usable(self, space: Space, now: datetime) -> "VoiceprintQuerySet":
        """Those of one space whose people consent at that moment."""
        return self.filter(
            Q(person__consent_until=None) | Q(person__consent_until__gt=now),
            space=space,
            person__consent_given_at__lte=now,
        )


class VoiceprintSource(models.TextChoices):
    """Where a voiceprint comes from."""

    ENROLMENT = "enrolment", "enrolled from recordings"
    TRANSCRIPT = "transcript", "learned from a transcript"
    CALLER = "caller", "given as numbers"


def sample_path(voiceprint: "Voiceprint", filename: str) -> str:
    """Where a kept sample lies: its name says nothing of the person."""
    return f"{SAMPLES}/{voiceprint.id}{PurePath(filename).suffix.lower()}"


class Voiceprint(models.Model):
    """What a person sounds like in one space: a direction, and how it was learned."""

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
                # A comparison with NULL is no refusal.
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
