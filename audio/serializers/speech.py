"""What POST /v1/audio/speech takes."""

import json
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from audio import catalogue
from audio.fields import Choice, FiniteFloatField, VoiceField


@extend_schema_serializer(component_name="Speech")
class SpeechRequest(serializers.Serializer[Any]):
    """POST /v1/audio/speech. Further fields go to the engine as they are."""

    input = serializers.CharField(
        max_length=4096, error_messages={"max_length": "at most {max_length} characters."}
    )
    model = serializers.CharField(required=False, allow_blank=True)
    voice = VoiceField(required=False)
    response_format = Choice(catalogue.SPEECH_FORMATS, required=False)
    speed = FiniteFloatField(required=False, min_value=0.25, max_value=4)
    stream_format = Choice(("audio",), required=False)

    def to_internal_value(self, data: Any) -> Any:
        """Null is no choice; and what no JSON can say would fail on its way to the engine."""
        if isinstance(data, dict):
            data = {name: value for name, value in data.items() if value is not None}
            try:
                json.dumps(data, allow_nan=False, ensure_ascii=False).encode()
            except ValueError:
                raise serializers.ValidationError(
                    {"non_field_errors": ["numbers must be finite, and text valid Unicode."]}
                ) from None
        return super().to_internal_value(data)

    def engine_body(self, *, voice: str, response_format: str) -> dict[str, Any]:
        """The client's request in names the engine knows, with defaults where it gave none."""
        given = self.validated_data
        return {
            **{key: value for key, value in self.initial_data.items() if value is not None},
            **given,
            "model": catalogue.engine_speech_model(given.get("model") or catalogue.TTS_MODEL),
            "voice": catalogue.engine_voice(given.get("voice") or voice),
            "response_format": given.get("response_format") or response_format,
        }
