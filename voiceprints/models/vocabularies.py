"""The stored vocabularies of API keys: the terms by which their transcripts are spelled."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from audio.merge.spelling.vocabulary import MAX_TERM_LENGTH

LONGEST_KEY_NAME = 200


class Vocabulary(models.Model):
    """The terms of one API key; a key whose terms were removed keeps its row, for its version."""

    key = models.CharField(
        max_length=LONGEST_KEY_NAME, unique=True, help_text="The name of the API key."
    )
    terms = ArrayField(models.CharField(max_length=MAX_TERM_LENGTH), blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    # A trigger sets these two on every change.
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(db_default=1, editable=False)

    class Meta:
        ordering = ["key"]
        verbose_name_plural = "vocabularies"
        constraints = [
            models.CheckConstraint(condition=~Q(key=""), name="vocabulary_key_is_named"),
        ]

    def __str__(self) -> str:
        return self.key
