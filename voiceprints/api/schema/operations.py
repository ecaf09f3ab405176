"""How the endpoints of the library stand in the OpenAPI schema."""

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

from audio.api.schema.transcription_answers import Refusal

_REFUSALS = {
    400: "A field or parameter is not as expected; `param` names it.",
    401: "No key, or a wrong one.",
    403: "The key lacks the scope.",
    404: "There is no such thing.",
    409: "It contradicts what the library keeps; `code` says how.",
    410: "What was answered to this Idempotency-Key is forgotten.",
    412: "If-Match names an older version.",
    422: "Well formed, and still impossible; `code` says why.",
    502: "The engine did not answer, or not sensibly.",
    503: "The library does not answer, or the engine is busy, restarting or not configured.",
    504: "The engine took too long.",
}
ENGINE_STATUSES = (502, 504)
PERSON = OpenApiParameter("person", OpenApiTypes.UUID, OpenApiParameter.PATH)
VOICEPRINT = OpenApiParameter("voiceprint", OpenApiTypes.UUID, OpenApiParameter.PATH)
TRANSCRIPT = OpenApiParameter("transcript", OpenApiTypes.UUID, OpenApiParameter.PATH)
LABEL = OpenApiParameter("label", OpenApiTypes.STR, OpenApiParameter.PATH)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Sent again with this key within a day, the request is answered again "
    "(`Idempotent-Replayed: true`), not done again.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Only if the person still has this ETag.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="304 if the person still has this ETag.",
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
    """Say what an endpoint takes, answers and refuses; 400, 401, 403 and 503 are everywhere."""
    told = {
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
        responses={**answers, **told},
    )


def answer_or_receipt(
    answer: type[serializers.Serializer[Any]], receipt: type[serializers.Serializer[Any]]
) -> Any:
    """An answer of which keys without `voices:read` get only a receipt."""
    return PolymorphicProxySerializer(
        component_name=f"{receipt.__name__.removesuffix('Receipt')}ToReadersOrReceipt",
        serializers=[answer, receipt],
        resource_type_field_name=None,
    )


@cache
def page_schema(entry: type[serializers.BaseSerializer[Any]], name: str) -> Any:
    """A page of such entries."""
    return inline_serializer(
        name,
        {
            "object": serializers.CharField(default="list"),
            "data": entry(many=True),
            "next": serializers.CharField(allow_null=True, help_text="A cursor."),
            "previous": serializers.CharField(allow_null=True, help_text="A cursor."),
        },
    )
