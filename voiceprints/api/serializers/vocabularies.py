"""Requests and answers of the endpoints for vocabularies."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from audio.api.fields import NameField
from audio.merge.spelling.vocabulary import MAX_TERM_LENGTH, MAX_TERMS
from voiceprints.api.serializers.strict_requests import StrictRequest


class TermsField(serializers.ListField):
    """Terms, each on one line; an error says how many there are, not which."""

    default_error_messages = {"too_many": "expected at most {limit} terms, got {count}."}

    def __init__(self, **options: Any) -> None:
        super().__init__(child=NameField(max_length=MAX_TERM_LENGTH), **options)

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and len(data) > MAX_TERMS:
            self.fail("too_many", limit=MAX_TERMS, count=len(data))
        return super().to_internal_value(data)


@extend_schema_serializer(component_name="VocabularyTerms")
class VocabularyTerms(StrictRequest):
    """PUT /api/vocabulary/{key}."""

    terms = TermsField(
        help_text="Names and jargon as they are spelled, which replace the former ones. An empty "
        "list removes all."
    )


@extend_schema_serializer(component_name="Vocabulary")
class VocabularyAnswer(serializers.Serializer[Any]):
    """The stored vocabulary of an API key, empty where none is stored."""

    object = serializers.CharField(default="vocabulary", read_only=True)
    key = serializers.CharField(help_text="The name of the API key.")
    terms = serializers.ListField(child=serializers.CharField())
    version = serializers.IntegerField(help_text="0: nothing is stored.")
