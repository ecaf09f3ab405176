"""Discovery endpoints: the models and voices that a client can ask for."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audio.api import catalogue
from audio.api.authentication import MayDiscover
from audio.api.request_errors import ModelNotFound
from audio.api.schema import speech_pages
from audio.engines.speech_voices import describe_voice, list_voices
from audio.pipeline.speech import voices


class Discovery(APIView):
    """A view that answers with names only."""

    permission_classes = [MayDiscover]


class Models(Discovery):
    """GET /v1/models: every model and voice; answers even when the speech engine is down."""

    @speech_pages.MODELS
    def get(self, request: Request) -> Response:
        return Response({"object": "list", "data": catalogue.list_models(voices())})


class Model(Discovery):
    """GET /v1/models/{id}."""

    @speech_pages.MODEL
    def get(self, request: Request, model: str) -> Response:
        entry = catalogue.describe_model(model.rstrip("/"), voices())
        if entry is None:
            raise ModelNotFound(model)
        return Response(entry)


class SpeechModels(Discovery):
    """GET /v1/audio/models: the models that turn text into speech."""

    @speech_pages.SPEECH_MODELS
    def get(self, request: Request) -> Response:
        return Response({"object": "list", "models": catalogue.list_speech_models()})


class Voices(Discovery):
    """GET /v1/audio/voices: objects with id and name; with `?legacy=true` only the names."""

    @speech_pages.VOICES
    def get(self, request: Request) -> Response:
        names = list_voices(voices())
        if request.query_params.get("legacy", "").lower() in ("true", "1"):
            return Response({"voices": names})
        return Response({"object": "list", "voices": [describe_voice(name) for name in names]})
