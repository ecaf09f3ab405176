"""Embedding spaces: only embeddings of one space are comparable."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from audio.merge.defaults import DEFAULT_MARGIN, DEFAULT_THRESHOLD

DIMENSION = 192
# Vectors are stored in single precision.
UNIT_TOLERANCE = 0.001


def unit_length(vector: str) -> Q:
    """Return the condition of a CHECK: the vectors in this column have length 1."""
    norm = models.Func(models.F(vector), function="vector_norm", output_field=models.FloatField())
    return Q(GreaterThanOrEqual(norm, 1 - UNIT_TOLERANCE)) & Q(
        LessThanOrEqual(norm, 1 + UNIT_TOLERANCE)
    )


class ThresholdSource(models.TextChoices):
    """What the threshold of a space comes from."""

    DEFAULT = "default", "default"
    SIZE = "size", "number of voiceprints"
    NEIGHBOURS = "neighbours", "similarity of the people to each other"
    OPERATOR = "operator", "set by an administrator"


# Two halves of one recording have a cosine of 0.71 to 0.96 (24 readers of LibriSpeech, by the
# built-in engine), two readers 0.40 at most; people of one room are 0.2 to 0.25 nearer.
SURELY_ONE_VOICE = 0.7


class Space(models.Model):
    """The identity of an embedding model, and the limits for two embeddings of one voice."""

    model = models.TextField()
    revision = models.TextField(blank=True, default="")
    dimension = models.PositiveSmallIntegerField(default=DIMENSION)
    threshold = models.FloatField(
        default=DEFAULT_THRESHOLD,
        help_text="Minimum cosine similarity of two embeddings of one voice.",
    )
    threshold_source = models.CharField(
        max_length=20,
        choices=ThresholdSource,
        default=ThresholdSource.DEFAULT,
        editable=False,
    )
    # What the library had when it last set the threshold.
    threshold_voiceprints = models.PositiveIntegerField(default=0, editable=False)
    threshold_people = models.PositiveIntegerField(default=0, editable=False)
    margin = models.FloatField(
        default=DEFAULT_MARGIN,
        help_text="Minimum lead over the next person, in cosine similarity.",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["model", "revision"], name="space_is_one"),
            models.CheckConstraint(condition=~Q(model=""), name="space_model_is_named"),
            models.CheckConstraint(
                condition=Q(dimension=DIMENSION), name="space_dimension_is_kept"
            ),
            models.CheckConstraint(
                condition=Q(threshold__gte=-1, threshold__lte=1), name="space_threshold_is_cosine"
            ),
            models.CheckConstraint(
                condition=Q(threshold_source__in=ThresholdSource.values),
                name="space_threshold_source_is_known",
            ),
            models.CheckConstraint(
                condition=Q(margin__gte=0, margin__lte=2), name="space_margin_is_cosine"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model}@{self.revision}" if self.revision else self.model

    @property
    def is_threshold_automatic(self) -> bool:
        """Whether the library sets the threshold, and not an administrator."""
        return self.threshold_source != ThresholdSource.OPERATOR

    @property
    def same_voice_threshold(self) -> float:
        """The least cosine of two samples of one voice.

        A crowded library asks more of a match, but not of the samples of a single person.
        """
        return DEFAULT_THRESHOLD if self.is_threshold_automatic else self.threshold

    @property
    def taken_threshold(self) -> float:
        """The cosine from which a new voice is another person's.

        A library that sets its own threshold must be able to hold people who are near to each
        other: that raises the threshold.
        """
        least = SURELY_ONE_VOICE if self.is_threshold_automatic else self.threshold
        return max(self.threshold, least)

    @classmethod
    def named(cls, name: str) -> "Space | None":
        """Return the space with an engine's name `model` or `model@revision`, if it exists."""
        model, revision = _parts(name)
        return cls.objects.filter(model=model, revision=revision).first()

    @classmethod
    def for_engine(cls, name: str) -> "Space":
        """Return the space with an engine's name `model` or `model@revision`; create a new one."""
        model, revision = _parts(name)
        return cls.objects.get_or_create(model=model, revision=revision)[0]


def _parts(name: str) -> tuple[str, str]:
    model, _, revision = name.strip().partition("@")
    return model, revision
