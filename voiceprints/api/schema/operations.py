"""OpenAPI descriptions that the library's endpoints share: parameters, error answers, pages."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers

from audio.api.schema.refusal import Refusal

_REFUSALS = {
    400: "A field or parameter is invalid; `param` names it.",
    401: "The API key is missing or wrong.",
    403: "The key lacks the scope.",
    404: "Not found.",
    409: "The request contradicts the library's state; `code` says how.",
    410: "The answer to this Idempotency-Key was erased with its person.",
    412: "If-Match does not name the current version.",
    416: "The range begins beyond the end; `Content-Range` has the length.",
    422: "The request is well formed but cannot be fulfilled; `code` says why.",
    429: "The key has used its seconds of audio of this hour.",
    502: "The engine did not answer, or its answer was invalid.",
    503: "The library is unavailable, or the engine is busy, restarting or not configured.",
    504: "The engine took too long.",
}
ENGINE_STATUSES = (429, 502, 504)
PERSON = OpenApiParameter("person", OpenApiTypes.UUID, OpenApiParameter.PATH)
VOICEPRINT = OpenApiParameter("voiceprint", OpenApiTypes.UUID, OpenApiParameter.PATH)
TRANSCRIPT = OpenApiParameter("transcript", OpenApiTypes.UUID, OpenApiParameter.PATH)
LABEL = OpenApiParameter("label", OpenApiTypes.STR, OpenApiParameter.PATH)
BLOCK = OpenApiParameter(
    "n", OpenApiTypes.INT, OpenApiParameter.PATH, description="The place of the block, from 0."
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="A repeat of the request with this key within a day gets the stored answer "
    "(`Idempotent-Replayed: true`) and creates nothing.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Make the change only if the person or transcript still has this ETag.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Answer 304 if the person or transcript still has this ETag.",
)

RANGE = OpenApiParameter(
    "Range",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The bytes to answer, as `bytes=0-65535`, `bytes=65536-` or `bytes=-65536`.",
)

Method = Callable[..., Any]


def document(
    operation_id: str,
    summary: str,
    *parameters: Any,
    answers: dict[Any, Any],
    refusals: tuple[int, ...] = (),
    request: Any = None,
    tag: str = "Voice library",
    examples: Sequence[OpenApiExample] = (),
) -> Callable[[Method], Method]:
    """Describe an endpoint's parameters and answers; all have 400, 401, 403 and 503."""
    errors = {
        status: OpenApiResponse(Refusal, _REFUSALS[status])
        for status in sorted({400, 401, 403, 503, *refusals})
    }
    return extend_schema(
        operation_id=operation_id,
        summary=summary,
        tags=[tag],
        parameters=list(parameters),
        request=request,
        examples=list(examples),
        responses={**answers, **errors},
    )


def answer_or_receipt(
    answer: type[serializers.Serializer[Any]], receipt: type[serializers.Serializer[Any]]
) -> Any:
    """Return the schema of an answer that is a receipt for keys without `voices:read`."""
    return PolymorphicProxySerializer(
        component_name=f"{receipt.__name__.removesuffix('Receipt')}ToReadersOrReceipt",
        serializers=[answer, receipt],
        resource_type_field_name=None,
    )


@cache
def page_schema(entry: type[serializers.BaseSerializer[Any]], name: str) -> Any:
    """Return the schema of a page of these entries."""
    return inline_serializer(
        name,
        {
            "object": serializers.CharField(default="list"),
            "data": entry(many=True),
            "next": serializers.CharField(allow_null=True, help_text="Cursor of the next page."),
            "previous": serializers.CharField(
                allow_null=True, help_text="Cursor of the previous page."
            ),
        },
    )
