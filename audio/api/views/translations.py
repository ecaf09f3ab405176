"""Speech in one language in, English text out: no engine behind this gateway does that."""

from typing import NoReturn

from rest_framework.request import Request
from rest_framework.views import APIView

from audio.api.request_errors import InvalidRequest
from audio.api.schema import speech_pages


class Translations(APIView):
    """POST /v1/audio/translations: refused, whatever the body holds."""

    @speech_pages.TRANSLATION
    def post(self, request: Request) -> NoReturn:
        raise InvalidRequest(
            "No model on this server can translate audio.",
            param="model",
            code="unsupported_value",
        )
