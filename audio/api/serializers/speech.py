"""What POST /v1/audio/speech takes."""

import json
from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from audio.api import catalogue
from audio.api.fields import Choice, FiniteFloatField
from audio.api.request_errors import InvalidRequest, ModelNotFound
from audio.api.serializers.requests import AudioRequest
from audio.engines import speech_voices
from audio.engines.dialects.kokoro import Utterance
from audio.engines.speech_voices import VOICES, VoiceMix, parse_mix


def choose_voice(model: str, voice: VoiceMix | None, default: VoiceMix) -> VoiceMix:
    """The voice asked for, the one that stands in place of the model, or the default.

    Raises
    ------
    ModelNotFound
    """
    if not model or catalogue.is_tts_model(model):
        return voice or default
    if catalogue.is_stt_model(model):
        raise ModelNotFound(model, "turns speech into text; ask for kokoro or tts-1 to speak")
    named = _voice_in_place_of_a_model(model)
    if named is None:
        raise ModelNotFound(model)
    return voice or named


def refuse_unknown(voice: VoiceMix) -> None:
    """Refuse, without asking the engine, a voice that it told a moment ago not to have.

    Raises
    ------
    InvalidRequest
    """
    told = VOICES.fresh()
    known = {*told, *speech_voices.STANDARD_VOICES}
    unknown = next((name for name in voice.names if name not in known), None)
    if told and unknown is not None:
        examples = ", ".join(speech_voices.CURATED_VOICES)
        mixed = f" (in '{voice}')" if len(voice.names) > 1 else ""
        raise InvalidRequest(
            f"voice: there is no voice '{unknown}'{mixed}. There are {examples} and more: "
            "GET /v1/audio/voices lists all.",
            param="voice",
        )


def _voice_in_place_of_a_model(model: str) -> VoiceMix | None:
    """LibreChat's LocalAI provider sends the voice as the model, and no voice."""
    try:
        mix = parse_mix(model)
    except ValueError:
        return None
    return mix if all(map(_is_known, mix.names)) else None


def _is_known(name: str) -> bool:
    engine_name = speech_voices.engine_name(name)
    if engine_name in speech_voices.STANDARD_VOICES:
        return True
    told = VOICES.all()
    # Of a name that looks right the engine must say so itself while it has told none.
    return engine_name in told if told else speech_voices.has_kokoro_scheme(engine_name)


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
