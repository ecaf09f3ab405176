"""Which fingerprints may be compared with each other?"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from audio.merge.defaults import DEFAULT_MARGIN, DEFAULT_THRESHOLD

DIMENSION = 192
# Vectors are kept in single precision.
UNIT_TOLERANCE = 0.001


def unit_length(vector: str) -> Q:
    """A CHECK's condition: this column's vectors have length 1."""
    norm = models.Func(models.F(vector), function="vector_norm", output_field=models.FloatField())
    return Q(GreaterThanOrEqual(norm, 1 - UNIT_TOLERANCE)) & Q(
        LessThanOrEqual(norm, 1 + UNIT_TOLERANCE)
    )


class Space(models.Model):
    """The identity of an embedding model, and when two of its fingerprints are one voice."""

    model = models.TextField()
    revision = models.TextField(blank=True, default="")
    dimension = models.PositiveSmallIntegerField(default=DIMENSION)
    threshold = models.FloatField(
        default=DEFAULT_THRESHOLD, help_text="Least cosine similarity of one voice."
    )
    margin = models.FloatField(
        default=DEFAULT_MARGIN, help_text="Least lead over the next person."
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
                condition=Q(margin__gte=0, margin__lte=2), name="space_margin_is_cosine"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model}@{self.revision}" if self.revision else self.model

    @classmethod
    def named(cls, name: str) -> "Space | None":
        """The space that an engine calls `model` or `model@revision`, if it is known."""
        model, revision = _parts(name)
        return cls.objects.filter(model=model, revision=revision).first()

    @classmethod
    def for_engine(cls, name: str) -> "Space":
        """The space that an engine calls `model` or `model@revision`, made when it is new."""
        model, revision = _parts(name)
        return cls.objects.get_or_create(model=model, revision=revision)[0]


def _parts(name: str) -> tuple[str, str]:
    model, _, revision = name.strip().partition("@")
    return model, revision
