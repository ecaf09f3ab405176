"""The people of the library, their names and their consent."""

import uuid
from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.db.models.lookups import Exact
from django.utils import timezone

from audio.merge.name_spelling import readable

# Not blank, and without surrounding space.
TRIMMED = r"^\S(.*\S)?$"


class PersonQuerySet(models.QuerySet["Person"]):
    """Queries for people by consent and by name."""

    def consenting(self, now: datetime) -> "PersonQuerySet":
        """Filter by consent that is in force at that time."""
        return self.filter(consent_given_at__lte=now).exclude(consent_until__lte=now)

    def consent_ended(self, now: datetime) -> "PersonQuerySet":
        """Filter by consent that was given and has expired or was withdrawn."""
        return self.filter(consent_until__lte=now)

    def consent_ending(self, now: datetime, within: timedelta) -> "PersonQuerySet":
        """Filter by consent that is in force and ends within that time."""
        return self.consenting(now).filter(consent_until__lte=now + within)

    def named(self, name: str) -> "PersonQuerySet":
        """Filter by name, ignoring case and Unicode composition."""
        return self.filter(Exact(Lower("name"), Lower(models.Value(readable(name)))))


class Person(models.Model):
    """A person whose voice or name is in the library."""

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
        help_text="Names before a change, added by a trigger; erasing the person looks for them.",
    )
    consent_given_at = models.DateTimeField(null=True, blank=True)
    consent_how = models.TextField(blank=True, default="")
    consent_until = models.DateTimeField(
        null=True, blank=True, help_text="Empty: until it is withdrawn."
    )
    notes = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    # A trigger sets these two on every change, including changes outside Django.
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

    def has_consent(self, now: datetime | None = None) -> bool:
        """Return whether consent to use the voice is in force at that time."""
        now = now or timezone.now()
        given, until = self.consent_given_at, self.consent_until
        return given is not None and given <= now and (until is None or now < until)

    def has_consent_ended(self, now: datetime) -> bool:
        """Return whether consent was given and has expired or was withdrawn."""
        return self.consent_until is not None and self.consent_until <= now
