"""What POST /v1/audio/transcriptions takes."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from audio import catalogue
from audio.fields import BracketedListField, Choice, FiniteFloatField
from audio.serializers.recordings import AudioField

OPENAI_FORMATS = ("json", "text", "srt", "vtt", "verbose_json")


@extend_schema_serializer(component_name="Transcription")
class TranscriptionRequest(serializers.Serializer[Any]):
    """POST /v1/audio/transcriptions."""

    file = AudioField()
    model = serializers.CharField(required=False, allow_blank=True)
    language = serializers.CharField(required=False, allow_blank=True)
    prompt = serializers.CharField(required=False, allow_blank=True)
    temperature = FiniteFloatField(required=False, min_value=0, max_value=1)
    response_format = Choice(OPENAI_FORMATS, default="json")
    timestamp_granularities = BracketedListField(
        child=Choice(("word", "segment")), default=["segment"]
    )
    stream = serializers.BooleanField(default=False)

    def validate_stream(self, stream: bool) -> bool:
        if stream:
            raise serializers.ValidationError(
                "streamed transcriptions are not available here.", code="unsupported_value"
            )
        return stream

    def validate_language(self, language: str) -> str:
        """Engines know codes without a region: en-US and English are en."""
        return catalogue.language_code(language)

    def engine_options(self) -> dict[str, str]:
        """What the engine is told as it came."""
        given = self.validated_data
        relayed = {key: given.get(key) for key in ("model", "language", "prompt", "temperature")}
        return {key: str(value) for key, value in relayed.items() if value not in (None, "")}
