"""Requests and answers of the endpoints for people."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from audio.api.fields import NameField, TextField
from voiceprints.api.serializers.strict_requests import PageQuery, StrictRequest
from voiceprints.models import Person
from voiceprints.people.consent import LONGEST_HOW, LONGEST_NAME, Consent
from voiceprints.people.registration import LONGEST_NOTES, MOST_ALIASES, PersonDetails


class PersonNameField(NameField):
    """A person's name on one line, with single spaces."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_NAME, **options)

    def to_internal_value(self, data: Any) -> str:
        return " ".join(super().to_internal_value(data).split())


class PeopleQuery(PageQuery):
    """GET /api/people."""

    q = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=LONGEST_NAME,
        help_text="A part of the name or of an alias; case is ignored.",
    )
    consenting = serializers.BooleanField(
        required=False, help_text="true: only people with valid consent; false: only the others."
    )


@extend_schema_serializer(component_name="Consent")
class ConsentField(StrictRequest):
    """A person's consent. It is one statement: a new consent replaces the old one."""

    how = serializers.CharField(
        max_length=LONGEST_HOW, help_text="How consent was given, as evidence for later."
    )
    given_at = serializers.DateTimeField(required=False, help_text="Default: now.")
    until = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Null: valid until it is withdrawn."
    )

    def validate(self, attrs: dict[str, Any]) -> Any:
        """Refuse a consent that ends before it begins."""
        try:
            return {"consent": Consent(**attrs)}
        except ValueError as error:
            field, _, expected = str(error).partition(": ")
            raise serializers.ValidationError({field: expected}) from error


@extend_schema_serializer(component_name="PersonChange")
class PersonChange(StrictRequest):
    """PATCH /api/people/{id}: fields that are not sent keep their values."""

    name = PersonNameField(required=False)
    aliases = serializers.ListField(
        child=PersonNameField(),
        required=False,
        max_length=MOST_ALIASES,
        help_text="Other names that a timeline may show.",
    )
    notes = TextField(required=False, allow_blank=True, max_length=LONGEST_NOTES)
    consent = ConsentField(
        required=False, allow_null=True, help_text="Null withdraws the consent from now on."
    )

    def details(self) -> PersonDetails:
        """Return the requested details of the person."""
        fields = self.validated_data
        consent = fields.get("consent")
        return PersonDetails(
            name=fields.get("name"),
            aliases=tuple(dict.fromkeys(fields["aliases"])) if "aliases" in fields else None,
            notes=fields.get("notes"),
            consent=consent and consent["consent"],
            consent_is_withdrawn="consent" in fields and consent is None,
        )


@extend_schema_serializer(component_name="NewPerson")
class NewPerson(PersonChange):
    """POST /api/people."""

    name = PersonNameField()


@extend_schema_serializer(component_name="Merge")
class MergeRequest(StrictRequest):
    """POST /api/people/{id}/merge: the person to merge into the person of the URL."""

    def get_fields(self) -> dict[str, Any]:
        """Return the field `from`, which is a keyword of Python."""
        return {
            "from": serializers.UUIDField(
                error_messages={"invalid": "expected the id of a person."}
            )
        }


class ForgetQuery(StrictRequest):
    """DELETE /api/people/{id}."""

    def get_fields(self) -> dict[str, Any]:
        """Return the field `as`, which is a keyword of Python."""
        description = (
            "The name that replaces the person's name in transcripts; by default `Person` and "
            "four digits."
        )
        return {"as": PersonNameField(required=False, help_text=description)}


@extend_schema_serializer(component_name="GivenConsent")
class GivenConsentAnswer(serializers.Serializer[Any]):
    """A person's consent; null if it was never given."""

    how = serializers.CharField(source="consent_how")
    given_at = serializers.DateTimeField(source="consent_given_at")
    until = serializers.DateTimeField(source="consent_until", allow_null=True)

    def to_representation(self, instance: Person) -> Any:
        """Return null for a person who never gave consent."""
        return None if instance.consent_given_at is None else super().to_representation(instance)


@extend_schema_serializer(component_name="Person")
class PersonAnswer(serializers.Serializer[Any]):
    """A person. Every change of these fields also changes the version and so the ETag."""

    object = serializers.CharField(default="person", read_only=True)
    id = serializers.UUIDField()
    name = serializers.CharField()
    aliases = serializers.ListField(child=serializers.CharField())
    consent = GivenConsentAnswer(source="*", allow_null=True)
    notes = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()
