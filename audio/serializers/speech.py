"""What POST /v1/audio/speech takes."""

import json
from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from audio import catalogue, speech_voices
from audio.engines.kokoro import Utterance
from audio.fields import Choice, FiniteFloatField
from audio.pipeline.voice_choice import choose_voice, refuse_unknown
from audio.serializers.requests import AudioRequest
from audio.voice_mix import VoiceMix, parse_mix

# What Home Assistant sends as instructions when there are none.
NO_INSTRUCTIONS = ("", "None")
TOO_LONG: dict[str, Any] = {"max_length": "at most {max_length} characters."}


@extend_schema_field(OpenApiTypes.STR)
class VoiceField(serializers.Field[VoiceMix | None, Any, str, Any]):
    """A voice's name or a mix of voices, or an object that holds it as `id`."""

    def to_internal_value(self, data: Any) -> VoiceMix | None:
        name = data.get("id") if isinstance(data, dict) else data
        if not isinstance(name, str):
            raise serializers.ValidationError("expected a name, or an object with an id.")
        try:
            return parse_mix(name) if name.strip() else None
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from None


@extend_schema_serializer(component_name="Speech")
class SpeechRequest(AudioRequest):
    """POST /v1/audio/speech. Further fields go to the engine as they are."""

    input = serializers.CharField(
        max_length=4096, error_messages=TOO_LONG, help_text="What to say."
    )
    model = serializers.CharField(
        required=False, allow_blank=True, help_text="kokoro, tts-1, … (GET /v1/audio/models)."
    )
    voice = VoiceField(
        required=False,
        help_text="A voice of GET /v1/audio/voices, a mix such as af_bella(2)+af_sky, or an "
        "object with its id. Without: DEFAULT_VOICE.",
    )
    response_format = Choice(
        catalogue.SPEECH_FORMATS, required=False, help_text="Without: DEFAULT_SPEECH_FORMAT."
    )
    speed = FiniteFloatField(
        required=False, min_value=0.25, max_value=4, help_text="1 is the voice's own."
    )
    stream_format = Choice(
        ("audio", "sse"), default="audio", help_text="Bare audio, or events that hold it."
    )
    instructions = serializers.CharField(
        default="", allow_blank=True, max_length=4096, error_messages=TOO_LONG
    )

    def to_internal_value(self, data: Any) -> Any:
        """Null is no choice; and what no JSON can say would fail on its way to the engine."""
        if isinstance(data, dict):
            data = {name: value for name, value in data.items() if value is not None}
            for name, value in data.items():
                try:
                    json.dumps({name: value}, allow_nan=False, ensure_ascii=False).encode()
                except ValueError:
                    told = "expected finite numbers, and text that is valid Unicode."
                    raise serializers.ValidationError({_plain(name): [told]}) from None
        return super().to_internal_value(data)

    def utterance(self) -> Utterance:
        """What the engine is to say, in names that it knows."""
        given = self.validated_data
        default = parse_mix(settings.DEFAULT_VOICE)
        chosen = choose_voice(given.get("model", ""), given.get("voice"), default)
        voice = speech_voices.engine_mix(chosen)
        further = self._further()
        # Kokoro lets a request bring names of its own.
        if "voice_aliases" not in further:
            refuse_unknown(voice)
        return Utterance(
            text=given["input"],
            voice=str(voice),
            form=given.get("response_format") or settings.DEFAULT_SPEECH_FORMAT,
            further=further,
        )

    def ignored(self) -> list[str]:
        """Which fields have no effect."""
        said = self.validated_data["instructions"]
        return [] if said in NO_INSTRUCTIONS else ["instructions"]

    def _further(self) -> dict[str, Any]:
        """The engine's own fields; but that it streams is not for the client to say."""
        ours = {*self.fields, "stream"}
        given = self.initial_data.items()
        further = {name: value for name, value in given if name not in ours and value is not None}
        if "speed" in self.validated_data:
            further["speed"] = self.validated_data["speed"]
        return further


def _plain(name: str) -> str:
    """A field's name that can be sent back."""
    return name.encode("ascii", "replace").decode()[:80]
