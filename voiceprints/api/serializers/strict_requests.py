"""The base of the library's requests, which refuses unknown fields, and the common queries."""

from collections.abc import Mapping
from typing import Any, Self

from rest_framework import serializers
from rest_framework.request import Request

from voiceprints.api.pagination import DEFAULT_LIMIT, MAX_LIMIT


class StrictRequest(serializers.Serializer[Any]):
    """A request that refuses unknown fields: a misspelt one would otherwise have no effect."""

    @classmethod
    def from_query(cls, request: Request) -> Self:
        """Return the validated query parameters."""
        return cls.from_data(request.query_params.dict())

    @classmethod
    def from_body(cls, request: Request) -> Self:
        """Return the validated body; options may come in the query instead."""
        body = request.data
        if not isinstance(body, Mapping):
            return cls.from_data(body)
        fields = body.dict() if hasattr(body, "dict") else body
        return cls.from_data({**request.query_params.dict(), **fields})

    @classmethod
    def from_data(cls, data: Any) -> Self:
        """Return the request with its `validated_data`, or raise ValidationError."""
        validated = cls(data=data)
        validated.is_valid(raise_exception=True)
        return validated

    def to_internal_value(self, data: Any) -> Any:
        """Refuse unknown fields before the known ones are validated."""
        if isinstance(data, Mapping):
            for name in data:
                if name not in self.fields:
                    expected = f"unknown; expected one of {', '.join(self.fields) or 'none'}."
                    raise serializers.ValidationError({str(name)[:80]: expected})
        return super().to_internal_value(data)


class NoQuery(StrictRequest):
    """The query of an endpoint without query parameters."""


class PageQuery(StrictRequest):
    """The query of a list: which page."""

    limit = serializers.IntegerField(
        default=DEFAULT_LIMIT,
        min_value=1,
        max_value=MAX_LIMIT,
        help_text="The largest number of entries on a page.",
    )
    cursor = serializers.CharField(
        required=False, max_length=2000, help_text="`next` or `previous` from another page."
    )


class VectorQuery(StrictRequest):
    """A query that may ask for the vectors of voices."""

    include = serializers.ChoiceField(
        choices=("vector",),
        required=False,
        error_messages={"invalid_choice": "expected vector."},
        help_text="vector: include the vector of the voice. The audit records the request.",
    )

    @property
    def wants_vectors(self) -> bool:
        """Return whether the answer includes vectors."""
        return "include" in self.validated_data
