"""The OpenAI audio API."""

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audio import catalogue, pipeline
from audio.errors import ModelNotFound
from audio.formats import openai, text
from audio.formats.cues import cues
from audio.merge.timeline import Transcription
from audio.serializers import SpeechRequest, TranscriptionRequest
from audio.uploads import BoundedJsonParser

# Proxies that gather a stream before they pass it on would undo the streaming.
STREAM_HEADERS = {"X-Accel-Buffering": "no", "Cache-Control": "no-cache"}


class Models(APIView):
    """GET /v1/models: every model and voice; still answers when the speech engine is down."""

    @extend_schema(
        operation_id="list_models",
        summary="Every model and voice",
        tags=["OpenAI"],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        return Response({"object": "list", "data": catalogue.models(pipeline.voices())})


class Model(APIView):
    """GET /v1/models/{id}."""

    @extend_schema(
        operation_id="get_model",
        summary="One model",
        tags=["OpenAI"],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, model: str) -> Response:
        listed = catalogue.models(pipeline.voices())
        found = next((entry for entry in listed if entry["id"] == model), None)
        if found is None:
            raise ModelNotFound(model)
        return Response(found)


class SpeechModels(APIView):
    """GET /v1/audio/models: the names under which speech can be asked for."""

    @extend_schema(
        operation_id="list_speech_models",
        summary="The names under which speech can be asked for",
        tags=["OpenAI"],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        return Response({"object": "list", "models": catalogue.speech_models()})


class Voices(APIView):
    """GET /v1/audio/voices: objects with id and name; `?legacy=true` gives strings."""

    @extend_schema(
        operation_id="list_voices",
        summary="Every voice",
        tags=["OpenAI"],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        names = catalogue.voice_names(pipeline.voices())
        if request.query_params.get("legacy") == "true":
            return Response({"voices": names})
        voices = [{"id": name, "name": name} for name in names]
        return Response({"object": "list", "voices": voices})


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
        speech = pipeline.speak(
            asked.engine_body(
                voice=settings.DEFAULT_VOICE, response_format=settings.DEFAULT_SPEECH_FORMAT
            )
        )
        return StreamingHttpResponse(
            speech, content_type=speech.content_type, headers=STREAM_HEADERS
        )


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
        said = pipeline.transcribe(asked.validated_data["file"], asked.engine_options())
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
            language = said.language or given.get("language") or pipeline.DEFAULT_LANGUAGE
            granularities = given["timestamp_granularities"]
            body = openai.verbose_json(
                said,
                language=catalogue.language_name(language),
                words="word" in granularities,
                segments="segment" in granularities,
            )
            return Response(body)
    return Response(openai.plain_json(said))
