"""Speech in one language in, English text out: no engine behind this gateway does that."""

from typing import NoReturn

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from audio.errors import InvalidRequest


class Translations(APIView):
    """POST /v1/audio/translations: refused, whatever the body holds."""

    @extend_schema(
        operation_id="translate",
        summary="Refused: no model here can translate",
        tags=["OpenAI"],
        request=None,
        responses={400: OpenApiTypes.OBJECT},
    )
    def post(self, request: Request) -> NoReturn:
        raise InvalidRequest(
            "No model on this server can translate audio.",
            param="model",
            code="unsupported_value",
        )
