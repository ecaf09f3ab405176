"""People, as they are asked for, described and told."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from audio.api.fields import NameField
from voiceprints.api.serializers.strict_requests import PageQuery, StrictRequest
from voiceprints.models import Person
from voiceprints.people.consent import LONGEST_NAME, Consent
from voiceprints.people.registration import PersonDetails

MOST_ALIASES, LONGEST_NOTES, LONGEST_HOW = 50, 10_000, 1_000


class PersonNameField(NameField):
    """What somebody is called: on one line, with single spaces."""

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
        help_text="A part of the name or of an alias, in whatever case.",
    )
    consenting = serializers.BooleanField(
        required=False, help_text="Only those whose consent holds now, or only the others."
    )


@extend_schema_serializer(component_name="Consent")
class ConsentField(StrictRequest):
    """What somebody agreed to. It is one statement: a new one takes the place of the old one."""

    how = serializers.CharField(
        max_length=LONGEST_HOW, help_text="How it was given, so that it can be shown later."
    )
    given_at = serializers.DateTimeField(required=False, help_text="Without it: now.")
    until = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Null: until it is withdrawn."
    )

    def validate(self, attrs: dict[str, Any]) -> Any:
        """A consent that ends before it begins is none."""
        try:
            return {"consent": Consent(**attrs)}
        except ValueError as error:
            field, _, expected = str(error).partition(": ")
            raise serializers.ValidationError({field: expected}) from error


@extend_schema_serializer(component_name="PersonChange")
class PersonChange(StrictRequest):
    """PATCH /api/people/{id}: what is not named stays."""

    name = PersonNameField(required=False)
    aliases = serializers.ListField(
        child=PersonNameField(),
        required=False,
        max_length=MOST_ALIASES,
        help_text="Other names that a timeline may show.",
    )
    notes = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_NOTES)
    consent = ConsentField(
        required=False, allow_null=True, help_text="Null withdraws it from now on."
    )

    def details(self) -> PersonDetails:
        """What is to be known of the person."""
        given = self.validated_data
        consent = given.get("consent")
        return PersonDetails(
            name=given.get("name"),
            aliases=tuple(dict.fromkeys(given["aliases"])) if "aliases" in given else None,
            notes=given.get("notes"),
            consent=consent and consent["consent"],
            consent_is_withdrawn="consent" in given and consent is None,
        )


@extend_schema_serializer(component_name="NewPerson")
class NewPerson(PersonChange):
    """POST /api/people."""

    name = PersonNameField()


@extend_schema_serializer(component_name="Merge")
class MergeRequest(StrictRequest):
    """POST /api/people/{id}/merge: the person to merge into the one of the address."""

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of the language."""
        return {
            "from": serializers.UUIDField(
                error_messages={"invalid": "expected the id of a person."}
            )
        }


class ForgetQuery(StrictRequest):
    """DELETE /api/people/{id}."""

    def get_fields(self) -> dict[str, Any]:
        """`as` is a word of the language."""
        told = "What transcripts call the person from now on; without it, Person and four digits."
        return {"as": PersonNameField(required=False, help_text=told)}


@extend_schema_serializer(component_name="GivenConsent")
class GivenConsentAnswer(serializers.Serializer[Any]):
    """A consent, as it is told; null where none was ever given."""

    how = serializers.CharField(source="consent_how")
    given_at = serializers.DateTimeField(source="consent_given_at")
    until = serializers.DateTimeField(source="consent_until", allow_null=True)

    def to_representation(self, instance: Person) -> Any:
        """Nothing about nothing."""
        return None if instance.consent_given_at is None else super().to_representation(instance)


@extend_schema_serializer(component_name="Person")
class PersonAnswer(serializers.Serializer[Any]):
    """A person. Nothing here changes without the version, which the ETag is made of."""

    object = serializers.CharField(default="person", read_only=True)
    id = serializers.UUIDField()
    name = serializers.CharField()
    aliases = serializers.ListField(child=serializers.CharField())
    consent = GivenConsentAnswer(source="*", allow_null=True)
    notes = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()
