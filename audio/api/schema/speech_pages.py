"""The OpenAPI pages of speech, and of the models and voices that clients can ask for."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework import serializers

from audio.api.fields import Choice
from audio.api.serializers.speech import SpeechRequest
from audio.media.speech.speech_encoding import SPEECH_TYPES


class VoiceEntry(serializers.Serializer[Any]):
    """A voice, with the language and the gender that its name encodes."""

    id = serializers.CharField()
    name = serializers.CharField(help_text="The value to send as `voice`.")
    language = serializers.CharField(required=False)
    gender = Choice(("female", "male"), required=False)


class ModelEntry(serializers.Serializer[Any]):
    """A model, or a voice that may be sent as the model."""

    id = serializers.CharField()
    object = serializers.CharField(help_text="`model`.")
    created = serializers.IntegerField()
    owned_by = serializers.CharField()
    kind = Choice(("stt", "tts"))
    task = serializers.CharField(help_text="`automatic-speech-recognition` or `text-to-speech`.")
    language = serializers.CharField(required=False)
    display_name = serializers.CharField(required=False)
    curated = serializers.BooleanField(required=False)


class ModelWithVoices(ModelEntry):
    """A model; a speech model has its voices."""

    voices = VoiceEntry(many=True, required=False)


class ModelList(serializers.Serializer[Any]):
    """Every model and voice."""

    object = serializers.CharField(help_text="`list`.")
    data = ModelEntry(many=True)  # type: ignore[assignment]


class SpeechModelEntry(serializers.Serializer[Any]):
    """The name of a model that turns text into speech."""

    id = serializers.CharField()
    name = serializers.CharField()


class SpeechModelList(serializers.Serializer[Any]):
    """The names of the models that turn text into speech."""

    object = serializers.CharField(help_text="`list`.")
    models = SpeechModelEntry(many=True)


class VoiceNames(serializers.Serializer[Any]):
    """The names of all voices, with `legacy=true`."""

    voices = serializers.ListField(child=serializers.CharField())


class VoiceList(serializers.Serializer[Any]):
    """Every voice: the engine's, then OpenAI's."""

    object = serializers.CharField(help_text="`list`.")
    voices = VoiceEntry(many=True)


EVENTS = (
    'data: {"type":"speech.audio.delta","audio":"UklGRg=="}\n\n'
    'data: {"type":"speech.audio.done","usage":'
    '{"input_tokens":4,"output_tokens":1,"total_tokens":5}}\n\n'
)

SPEECH = extend_schema(
    operation_id="speech",
    summary="Turn text into speech, streamed from the first byte",
    description=(
        "`voice` is one of OpenAI's or Kokoro's voices, or a mix such as `af_bella(2)+af_sky`. A "
        "voice may also be sent as the `model`. Unknown fields are passed to Kokoro unchanged. "
        "Text without a letter or digit becomes a short silence. With `sample_rate` the speech is "
        "resampled. The header `x-ignored-params` "
        "lists fields that have no effect."
    ),
    tags=["OpenAI"],
    request=SpeechRequest,
    responses={
        **{(200, media_type): OpenApiTypes.BINARY for media_type in SPEECH_TYPES.values()},
        (200, "text/event-stream"): OpenApiTypes.STR,
    },
    examples=[
        OpenApiExample(
            "in George's voice, as mp3",
            value={"input": "Good morning.", "voice": "bm_george", "response_format": "mp3"},
            request_only=True,
        ),
        OpenApiExample(
            "stream_format=sse",
            value=EVENTS,
            media_type="text/event-stream",
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
MODELS = extend_schema(
    operation_id="list_models",
    summary="List every model and voice",
    tags=["OpenAI"],
    responses=ModelList,
)
MODEL = extend_schema(
    operation_id="get_model",
    summary="Describe a model",
    description="Accepts every listed name; a speech model has its voices.",
    tags=["OpenAI"],
    responses=ModelWithVoices,
)
SPEECH_MODELS = extend_schema(
    operation_id="list_speech_models",
    summary="List the models that turn text into speech",
    tags=["OpenAI"],
    responses=SpeechModelList,
)
VOICES = extend_schema(
    operation_id="list_voices",
    summary="List every voice",
    tags=["OpenAI"],
    parameters=[OpenApiParameter("legacy", bool, description="true: names only, as strings.")],
    responses=PolymorphicProxySerializer(
        "Voices", [VoiceList, VoiceNames], resource_type_field_name=None
    ),
)
