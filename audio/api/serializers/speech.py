"""The request of POST /v1/audio/speech."""

import json
from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from audio.api import catalogue, model_names
from audio.api.fields import Choice, FiniteFloatField, TextField
from audio.api.request_errors import InvalidRequest, ModelNotFound
from audio.api.serializers.audio_request import AudioRequest
from audio.engines import speech_voices
from audio.engines.dialects.speech_stream import Utterance
from audio.engines.roles import is_foreign
from audio.engines.speech_voices import VOICES, VoiceMix, parse_mix
from audio.media.speech.speech_encoding import HIGHEST_RATE, LOWEST_RATE, rates_of


def choose_voice(model: str, voice: VoiceMix | None, default: VoiceMix) -> VoiceMix:
    """Return the requested voice, the voice that was sent as the model, or the default.

    Raises
    ------
    ModelNotFound
    """
    if not model or model_names.is_tts_model(model):
        return voice or default
    if model_names.is_stt_model(model):
        raise ModelNotFound(model, "turns speech into text; ask for kokoro or tts-1 instead")
    sent_as_model = _parse_voice_as_model(model)
    if sent_as_model is None:
        raise ModelNotFound(model)
    return voice or sent_as_model


def refuse_unknown_voice(voice: VoiceMix, *, param: str = "voice") -> None:
    """Refuse a voice that is missing from the engine's recent list, without a call to the engine.

    `param` is the field that named it.

    Raises
    ------
    InvalidRequest
    """
    listed = VOICES.fresh()
    known = {*listed, *speech_voices.STANDARD_VOICES}
    unknown = next((name for name in voice.names if name not in known), None)
    if listed and unknown is not None:
        examples = ", ".join(speech_voices.CURATED_VOICES)
        in_mix = f" (in '{voice}')" if len(voice.names) > 1 else ""
        raise InvalidRequest(
            f"{param}: there is no voice '{unknown}'{in_mix}. Choose {examples}, or another "
            "voice of GET /v1/audio/voices.",
            param=param,
        )


def _parse_voice_as_model(model: str) -> VoiceMix | None:
    """Read a voice that was sent as the model, as LibreChat's LocalAI provider does."""
    try:
        mix = parse_mix(model_names.resolve(model))
    except ValueError:
        return None
    return mix if all(map(_is_known, mix.names)) else None


def _is_known(name: str) -> bool:
    engine_name = speech_voices.engine_name(name)
    if engine_name in speech_voices.STANDARD_VOICES:
        return True
    listed = VOICES.all()
    # Before the engine has listed its voices, it must judge a plausible name itself.
    return engine_name in listed if listed else speech_voices.has_kokoro_scheme(engine_name)


_ALIASES = "voice_aliases"
# Home Assistant sends these when there are no instructions.
NO_INSTRUCTIONS = ("", "None")
_A_RATE = f"expected a whole number from {LOWEST_RATE} to {HIGHEST_RATE}, in Hz."
TOO_LONG: dict[str, Any] = {"max_length": "at most {max_length} characters."}


@extend_schema_field(OpenApiTypes.STR)
class VoiceField(serializers.Field[VoiceMix | None, Any, str, Any]):
    """The name of a voice or of a mix of voices, or an object with that name as `id`."""

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
    """POST /v1/audio/speech. Unknown fields are passed to the engine unchanged."""

    input = TextField(max_length=4096, error_messages=TOO_LONG, help_text="The text to speak.")
    model = serializers.CharField(
        required=False,
        allow_blank=True,
        help_text="A model of GET /v1/audio/models: kokoro, tts-1, …",
    )
    voice = VoiceField(
        required=False,
        help_text="A voice of GET /v1/audio/voices, a mix such as af_bella(2)+af_sky, or an "
        "object with its id. Default: DEFAULT_VOICE.",
    )
    response_format = Choice(
        catalogue.SPEECH_FORMATS, required=False, help_text="Default: DEFAULT_SPEECH_FORMAT."
    )
    speed = FiniteFloatField(
        required=False, min_value=0.25, max_value=4, help_text="1 is the voice's normal speed."
    )
    sample_rate = serializers.IntegerField(
        required=False,
        min_value=LOWEST_RATE,
        max_value=HIGHEST_RATE,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _A_RATE),
        help_text="Hz, 8000 to 48000; mp3, aac and opus have only their formats' rates. Default: "
        "the engine's, which is 24000 for Kokoro.",
    )
    stream_format = Choice(
        ("audio", "sse"),
        default="audio",
        help_text="audio: the bytes alone. sse: events that contain them.",
    )
    instructions = TextField(
        default="", allow_blank=True, max_length=4096, error_messages=TOO_LONG
    )

    def to_internal_value(self, data: Any) -> Any:
        """Drop null values, which mean `not set`; refuse values that JSON cannot represent."""
        if isinstance(data, dict):
            data = {name: value for name, value in data.items() if value is not None}
            for name, value in data.items():
                try:
                    json.dumps({name: value}, allow_nan=False, ensure_ascii=False).encode()
                except ValueError:
                    expected = "expected finite numbers, and text that is valid Unicode."
                    raise serializers.ValidationError({_ascii(name): [expected]}) from None
        return super().to_internal_value(data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        form = attrs.get("response_format") or settings.DEFAULT_SPEECH_FORMAT
        rate, rates = attrs.get("sample_rate"), rates_of(form)
        if rate is not None and rates is not None and rate not in rates:
            listed = ", ".join(map(str, rates))
            raise serializers.ValidationError(
                {"sample_rate": f"expected one of {listed} for {form}, got {rate}."}
            )
        return attrs

    @property
    def rate(self) -> int | None:
        """The samples a second that the client wants; None for the engine's."""
        rate: int | None = self.validated_data.get("sample_rate")
        return rate

    def utterance(self) -> Utterance:
        """Return the text and the voice under the names that the engine uses."""
        given = self.validated_data
        default = parse_mix(settings.DEFAULT_VOICE)
        asked = choose_voice(given.get("model", ""), given.get("voice"), default)
        chosen = self._aliased(asked)
        # Engines that others wrote know OpenAI's names, or have voices of their own.
        voice = chosen if is_foreign("speech") else speech_voices.engine_mix(chosen)
        engine_fields = self._engine_fields()
        # Kokoro knows more kinds of names that a request defines.
        if chosen is not asked:
            refuse_unknown_voice(voice, param=_ALIASES)
        elif _ALIASES not in engine_fields:
            refuse_unknown_voice(voice)
        return Utterance(
            text=given["input"],
            voice=str(voice),
            format=given.get("response_format") or settings.DEFAULT_SPEECH_FORMAT,
            extra=engine_fields,
        )

    def _aliased(self, voice: VoiceMix) -> VoiceMix:
        """Return what a name that the request defines means, if it is a voice or a mix."""
        meant = self._aliases().get(str(voice))
        if not isinstance(meant, str):
            return voice
        try:
            return parse_mix(meant)
        except ValueError as error:
            raise InvalidRequest(f"{_ALIASES}: {error}", param=_ALIASES) from None

    def _aliases(self) -> dict[str, Any]:
        """Return the names that the request defines; Kokoro gives some a speed as well."""
        aliases = self.initial_data.get(_ALIASES)
        if aliases is None:
            return {}
        if not isinstance(aliases, dict) or not all(map(_is_meaning, aliases.values())):
            raise InvalidRequest(
                f"{_ALIASES}: expected an object whose keys are names, and whose values are "
                "voices, mixes of voices, or objects with a voice.",
                param=_ALIASES,
            )
        return aliases

    def ignored(self) -> list[str]:
        """Return the fields that have no effect."""
        instructions = self.validated_data["instructions"]
        return [] if instructions in NO_INSTRUCTIONS else ["instructions"]

    def _engine_fields(self) -> dict[str, Any]:
        """Return the engine's own fields, without `stream`, which the gateway decides."""
        ours = {*self.fields, "stream"}
        given = self.initial_data.items()
        fields = {name: value for name, value in given if name not in ours and value is not None}
        if "speed" in self.validated_data:
            fields["speed"] = self.validated_data["speed"]
        return fields


def _is_meaning(value: object) -> bool:
    meant = value.get("voice") if isinstance(value, dict) else value
    return isinstance(meant, str) and bool(meant.strip())


def _ascii(name: str) -> str:
    """Return a field's name as it can be sent back in a message."""
    return name.encode("ascii", "replace").decode()[:80]
