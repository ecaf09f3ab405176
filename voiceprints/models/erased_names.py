"""The names of erased people, as keyed digests, for work that had read them before the erasure."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class ErasedName(models.Model):
    """A name that was erased, and what replaces it in work that began before the erasure.

    The digest is an HMAC under `SECRET_KEY`. Identifiers grow in the order in which erasures are
    committed, because erasures exclude each other.
    """

    digest = models.CharField(max_length=64, editable=False)
    replacement = models.TextField(editable=False)
    erased_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="erased_name_digest_is_hex"
            ),
            models.CheckConstraint(condition=~Q(replacement=""), name="erased_name_is_replaced"),
        ]
        indexes = [models.Index(fields=["erased_at"], name="erased_name_by_age")]

    def __str__(self) -> str:
        return f"{self.replacement} since {self.erased_at:%Y-%m-%d %H:%M}"
