"""The request of POST /v1/audio/translations."""

from collections.abc import Iterator

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from audio.api.fields import Choice, FiniteFloatField
from audio.api.serializers.audio_request import AudioRequest
from audio.api.serializers.recordings import AudioField
from audio.api.serializers.transcriptions import MAX_PROMPT, stt_model
from audio.formats.renderer import TRANSLATION_FORMATS


@extend_schema_serializer(component_name="Translation")
class TranslationRequest(AudioRequest):
    """POST /v1/audio/translations: as at OpenAI, the engine finds out which language is spoken."""

    file = AudioField(help_text="The recording, in any common format and language.")
    model = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=200,
        help_text="A speech-to-text model of GET /v1/models.",
    )
    prompt = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=MAX_PROMPT,
        help_text="English text before the recording, whose style the translation follows.",
    )
    temperature = FiniteFloatField(required=False, min_value=0, max_value=1)
    response_format = Choice(TRANSLATION_FORMATS, default="json")

    def validate_model(self, model: str) -> str:
        """Return the model that was asked for, or the one that its alias means."""
        return stt_model(model)

    @property
    def needs_times(self) -> bool:
        """Whether the format shows when something was said."""
        return self.validated_data["response_format"] not in ("json", "text")

    def engine_options(self) -> dict[str, str]:
        """Return the fields that are passed on to the engine."""
        given = self.validated_data
        options = {name: given.get(name) for name in ("model", "prompt", "temperature")}
        return {name: str(value) for name, value in options.items() if value not in (None, "")}

    def ignored(self) -> Iterator[str]:
        """Yield the fields of this request that have no effect."""
        return self.unknown()
