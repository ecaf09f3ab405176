"""The responses stored for requests that a client may repeat."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class IdempotencyKey(models.Model):
    """The response to a request that creates something, stored for its repetitions.

    `status` is null while the first request is being processed; `body` is null once the response
    was erased.
    """

    key = models.CharField(max_length=255)
    client = models.TextField()
    method = models.CharField(max_length=10)
    path = models.TextField()
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["client", "key"], name="idempotency_key_is_one"),
            models.CheckConstraint(condition=~Q(key=""), name="idempotency_key_is_given"),
            models.CheckConstraint(
                condition=Q(request_sha256__regex=r"^[0-9a-f]{64}$"),
                name="idempotency_sha256_is_hex",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_by_age")]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
