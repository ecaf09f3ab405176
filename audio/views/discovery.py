"""What can be asked for: models and voices."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audio import catalogue
from audio.authentication import MayDiscover
from audio.errors import ModelNotFound
from audio.pipeline.speech import voices
from audio.speech_voices import described, listed


class Discovery(APIView):
    """A view that tells names only."""

    permission_classes = [MayDiscover]


class Models(Discovery):
    """GET /v1/models: every model and voice; still answers when the speech engine is down."""

    @extend_schema(
        operation_id="list_models",
        summary="Every model and voice",
        tags=["OpenAI"],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        return Response({"object": "list", "data": catalogue.models(voices())})


class Model(Discovery):
    """GET /v1/models/{id}."""

    @extend_schema(
        operation_id="get_model",
        summary="One model",
        tags=["OpenAI"],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, model: str) -> Response:
        found = catalogue.model(model, voices())
        if found is None:
            raise ModelNotFound(model)
        return Response(found)


class SpeechModels(Discovery):
    """GET /v1/audio/models: the names under which speech can be asked for."""

    @extend_schema(
        operation_id="list_speech_models",
        summary="The names under which speech can be asked for",
        tags=["OpenAI"],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        return Response({"object": "list", "models": catalogue.speech_models()})


class Voices(Discovery):
    """GET /v1/audio/voices: objects with id and name; `?legacy=true` gives strings."""

    @extend_schema(
        operation_id="list_voices",
        summary="Every voice",
        tags=["OpenAI"],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        names = listed(voices())
        if request.query_params.get("legacy", "").lower() in ("true", "1"):
            return Response({"voices": names})
        return Response({"object": "list", "voices": [described(name) for name in names]})
