"""A recording in, its words out."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audio import catalogue
from audio.formats import openai, text
from audio.formats.cues import cues
from audio.merge.timeline import Transcription
from audio.pipeline.transcription import DEFAULT_LANGUAGE, transcribe
from audio.serializers.transcriptions import TranscriptionRequest


class Transcriptions(APIView):
    """POST /v1/audio/transcriptions: a recording in, its words out."""

    @extend_schema(
        operation_id="transcribe",
        summary="A recording in, its words out",
        tags=["OpenAI"],
        request={"multipart/form-data": TranscriptionRequest},
        responses=OpenApiTypes.OBJECT,
    )
    def post(self, request: Request) -> HttpResponse:
        asked = TranscriptionRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        said = transcribe(asked.validated_data["file"], asked.engine_options())
        return _rendered(said, asked)


def _rendered(said: Transcription, asked: TranscriptionRequest) -> HttpResponse:
    given = asked.validated_data
    match given["response_format"]:
        case "text":
            return HttpResponse(f"{said.text}\n", content_type="text/plain; charset=utf-8")
        case "srt" | "vtt" as name:
            render, content_type = text.TEXT_FORMATS[name]
            return HttpResponse(render(cues(said)), content_type=content_type)
        case "verbose_json":
            language = said.language or given.get("language") or DEFAULT_LANGUAGE
            granularities = given["timestamp_granularities"]
            body = openai.verbose_json(
                said,
                language=catalogue.language_name(language),
                words="word" in granularities,
                segments="segment" in granularities,
            )
            return Response(body)
    return Response(openai.plain_json(said))
