"""Text in, audio out."""

from django.conf import settings
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from audio.pipeline.speech import speak
from audio.serializers.speech import SpeechRequest
from audio.sse import STREAM_HEADERS
from audio.uploads import BoundedJsonParser


class Speech(APIView):
    """POST /v1/audio/speech: text in, audio out, streamed from the first byte."""

    parser_classes = [BoundedJsonParser]

    @extend_schema(
        operation_id="speech",
        summary="Text in, audio out, streamed from the first byte",
        tags=["OpenAI"],
        request=SpeechRequest,
        responses={(200, "audio/wav"): OpenApiTypes.BINARY},
    )
    def post(self, request: Request) -> StreamingHttpResponse:
        asked = SpeechRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        speech = speak(
            asked.engine_body(
                voice=settings.DEFAULT_VOICE, response_format=settings.DEFAULT_SPEECH_FORMAT
            )
        )
        return StreamingHttpResponse(
            speech, content_type=speech.content_type, headers=STREAM_HEADERS
        )
