"""The OpenAPI pages of the routes that clients of other servers use."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from audio.api.fields import Choice
from audio.api.serializers.foreign_routes import (
    ASRRequest,
    DiarizationRequest,
    SpeechEmbeddingRequest,
    SpeechTimestampsRequest,
)

TAGS = ["Other servers' routes"]
NAME = "The person whose voice it is; for keys with voices:read."


class DiarizedTurn(serializers.Serializer[Any]):
    """One speaker talking from start to end."""

    id = serializers.IntegerField()
    speaker = serializers.CharField(help_text="SPEAKER_00, SPEAKER_01, …")
    label = serializers.CharField(help_text="The engine's label.")  # type: ignore[assignment]
    start = serializers.FloatField(help_text="Seconds.")
    end = serializers.FloatField(help_text="Seconds.")
    text = serializers.CharField(required=False, help_text="With include_text.")
    name = serializers.CharField(required=False, help_text=NAME)
    name_score = serializers.FloatField(required=False, help_text="Cosine similarity.")


class DiarizedSpeaker(serializers.Serializer[Any]):
    """A speaker, in `verbose_json`."""

    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    total_speech_duration = serializers.FloatField(help_text="Seconds.")
    segment_count = serializers.IntegerField()
    name = serializers.CharField(required=False, help_text=NAME)
    name_score = serializers.FloatField(required=False)


class DiarizationAnswer(serializers.Serializer[Any]):
    """Who talks when."""

    task = Choice(("diarize",))
    duration = serializers.FloatField(help_text="Seconds.")
    language = serializers.CharField(required=False)
    num_speakers = serializers.IntegerField()
    segments = DiarizedTurn(many=True)
    speakers = DiarizedSpeaker(many=True, required=False)


class VoiceEmbedding(serializers.Serializer[Any]):
    """One embedding."""

    object = Choice(("embedding",))
    index = serializers.IntegerField()
    embedding = serializers.ListField(child=serializers.FloatField())


class TokenUsage(serializers.Serializer[Any]):
    """Samples of 16 kHz, as speaches counts them."""

    prompt_tokens = serializers.IntegerField()
    total_tokens = serializers.IntegerField()


class EmbeddingAnswer(serializers.Serializer[Any]):
    """The embedding of the voice that talks longest."""

    object = Choice(("list",))
    data = VoiceEmbedding(many=True)  # type: ignore[assignment]
    model = serializers.CharField(help_text="The embedding model of the engine.")
    usage = TokenUsage()


class SpeechSpan(serializers.Serializer[Any]):
    """A span of speech, in milliseconds."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()


class ASRWord(serializers.Serializer[Any]):
    """A word, with word_timestamps."""

    word = serializers.CharField()
    start = serializers.FloatField()
    end = serializers.FloatField()


class ASRSegment(serializers.Serializer[Any]):
    """A sentence, or consecutive words of one speaker."""

    id = serializers.IntegerField()
    start = serializers.FloatField(help_text="Seconds.")
    end = serializers.FloatField(help_text="Seconds.")
    text = serializers.CharField()
    speaker = serializers.CharField(required=False, help_text="SPEAKER_00, SPEAKER_01, …")
    words = ASRWord(many=True, required=False)


class ASRAnswer(serializers.Serializer[Any]):
    """`output=json`."""

    text = serializers.CharField(allow_blank=True)
    language = serializers.CharField()
    segments = ASRSegment(many=True)
    speaker_embeddings = serializers.DictField(
        child=serializers.ListField(child=serializers.FloatField()), required=False
    )


ASR = extend_schema(
    operation_id="asr",
    summary="Transcribe, as whisper-asr-webservice answers it",
    description="The fields may be sent in the query, as its clients do, or in the form.",
    tags=TAGS,
    request={"multipart/form-data": ASRRequest},
    responses={
        (200, "application/json"): ASRAnswer,
        (200, "text/plain"): OpenApiTypes.STR,
    },
)
DIARIZATION = extend_schema(
    operation_id="diarization",
    summary="Find who talks when, as LocalAI and speaches answer it",
    description=(
        "Speakers have a `name` and a `name_score` where the voice library knows them and the key "
        "has voices:read. The header `x-ignored-params` lists fields that have no effect."
    ),
    tags=TAGS,
    request={"multipart/form-data": DiarizationRequest},
    responses={
        (200, "application/json"): DiarizationAnswer,
        (200, "text/plain"): OpenApiTypes.STR,
    },
)
EMBEDDING = extend_schema(
    operation_id="speech_embedding",
    summary="Embed the voice of a recording, as speaches answers it",
    tags=TAGS,
    request={"multipart/form-data": SpeechEmbeddingRequest},
    responses={(200, "application/json"): EmbeddingAnswer},
)
TIMESTAMPS = extend_schema(
    operation_id="speech_timestamps",
    summary="Find when there is speech, as speaches answers it",
    tags=TAGS,
    request={"multipart/form-data": SpeechTimestampsRequest},
    responses={(200, "application/json"): SpeechSpan(many=True)},
)
