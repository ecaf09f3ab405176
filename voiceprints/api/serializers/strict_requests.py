"""Requests that say only what is understood."""

from collections.abc import Mapping
from typing import Any, Self

from rest_framework import serializers
from rest_framework.request import Request

from voiceprints.api.pagination import DEFAULT_LIMIT, MAX_LIMIT


class StrictRequest(serializers.Serializer[Any]):
    """Refuses fields it does not know: a misspelt one would be ignored in silence."""

    @classmethod
    def from_query(cls, request: Request) -> Self:
        """The query parameters, read."""
        return cls.from_data(request.query_params.dict())

    @classmethod
    def from_body(cls, request: Request) -> Self:
        """The body, read; options may stand in the query instead."""
        body = request.data
        if not isinstance(body, Mapping):
            return cls.from_data(body)
        given = body.dict() if hasattr(body, "dict") else body
        return cls.from_data({**request.query_params.dict(), **given})

    @classmethod
    def from_data(cls, data: Any) -> Self:
        """What is valid of the data is in `validated_data`."""
        asked = cls(data=data)
        asked.is_valid(raise_exception=True)
        return asked

    def to_internal_value(self, data: Any) -> Any:
        """Refuse first what nobody here knows."""
        if isinstance(data, Mapping):
            for name in data:
                if name not in self.fields:
                    expected = f"unknown; expected one of {', '.join(self.fields) or 'none'}."
                    raise serializers.ValidationError({str(name)[:80]: expected})
        return super().to_internal_value(data)


class NoQuery(StrictRequest):
    """An endpoint without query parameters."""


class PageQuery(StrictRequest):
    """Which page of a list."""

    limit = serializers.IntegerField(
        default=DEFAULT_LIMIT,
        min_value=1,
        max_value=MAX_LIMIT,
        help_text="Most entries of a page.",
    )
    cursor = serializers.CharField(
        required=False, max_length=2000, help_text="`next` or `previous` of another page."
    )


class VectorQuery(StrictRequest):
    """Whether the numbers of a voice are wanted."""

    include = serializers.ChoiceField(
        choices=("vector",),
        required=False,
        error_messages={"invalid_choice": "expected vector."},
        help_text="vector: with the numbers of the voice. That is noted in the audit.",
    )

    @property
    def wants_vectors(self) -> bool:
        """Whether the answer is to have vectors."""
        return "include" in self.validated_data
