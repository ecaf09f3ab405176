"""The pages of speech and of what can be asked for."""

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
from audio.api.schema.transcription_answers import Refusal
from audio.api.serializers.speech import SpeechRequest
from audio.media.encoding import SPEECH_TYPES


class VoiceEntry(serializers.Serializer[Any]):
    """A voice; language and gender as far as its name tells them."""

    id = serializers.CharField()
    name = serializers.CharField(help_text="What to send back as `voice`.")
    language = serializers.CharField(required=False)
    gender = Choice(("female", "male"), required=False)


class ModelEntry(serializers.Serializer[Any]):
    """A model, or a voice in place of one."""

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
    """A model; of one that speaks, the voices."""

    voices = VoiceEntry(many=True, required=False)


class ModelList(serializers.Serializer[Any]):
    """Every model and voice."""

    object = serializers.CharField(help_text="`list`.")
    data = ModelEntry(many=True)  # type: ignore[assignment]


class SpeechModelEntry(serializers.Serializer[Any]):
    """A name under which speech can be asked for."""

    id = serializers.CharField()
    name = serializers.CharField()


class SpeechModelList(serializers.Serializer[Any]):
    """The names under which speech can be asked for."""

    object = serializers.CharField(help_text="`list`.")
    models = SpeechModelEntry(many=True)


class VoiceNames(serializers.Serializer[Any]):
    """The same as names only, with `legacy=true`."""

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
    summary="Text in, audio out, streamed from the first byte",
    description=(
        "`voice` is one of OpenAI's or of Kokoro's, or a mix such as `af_bella(2)+af_sky`. It may "
        "also stand in place of the `model`. Further fields go to Kokoro as they are. Text "
        "without a letter or digit becomes a short silence. Fields without effect are listed in "
        "the header `x-ignored-params`."
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
TRANSLATION = extend_schema(
    operation_id="translate",
    summary="Refused: no model here can translate",
    tags=["OpenAI"],
    request=None,
    responses={400: Refusal},
)
MODELS = extend_schema(
    operation_id="list_models",
    summary="Every model and voice",
    tags=["OpenAI"],
    responses=ModelList,
)
MODEL = extend_schema(
    operation_id="get_model",
    summary="One model",
    description="By any name that the list has; of a model that speaks, its voices too.",
    tags=["OpenAI"],
    responses=ModelWithVoices,
)
SPEECH_MODELS = extend_schema(
    operation_id="list_speech_models",
    summary="The names under which speech can be asked for",
    tags=["OpenAI"],
    responses=SpeechModelList,
)
VOICES = extend_schema(
    operation_id="list_voices",
    summary="Every voice",
    tags=["OpenAI"],
    parameters=[OpenApiParameter("legacy", bool, description="true: names only, as strings.")],
    responses=PolymorphicProxySerializer(
        "Voices", [VoiceList, VoiceNames], resource_type_field_name=None
    ),
)
