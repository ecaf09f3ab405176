"""The requests of the routes that clients of other servers use."""

from collections.abc import Iterator
from math import inf
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from audio.api.fields import Choice, FiniteFloatField, FlagField
from audio.api.serializers.audio_request import AudioRequest
from audio.api.serializers.recordings import AudioField
from audio.api.serializers.speakers import SpeakerCounts
from audio.engines.languages import language_code
from audio.merge.speech_spans import SpeechRule

DIARIZATION_FORMATS = ("json", "verbose_json", "rttm")
NO_EFFECT = "Accepted; has no effect."
_DIARIZES = ("diarize", "enable_diarization", "return_speaker_embeddings")


class ForeignRequest(AudioRequest):
    """A request whose model has no effect: the gateway has one engine for it."""

    file = AudioField()
    model = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text=NO_EFFECT
    )
    without_effect: tuple[str, ...] = ("model",)

    def ignored(self) -> Iterator[str]:
        """Yield the fields of this request that have no effect."""
        yield from self.unknown()
        yield from (name for name in self.without_effect if self.validated_data.get(name))


@extend_schema_serializer(component_name="Diarization")
class DiarizationRequest(ForeignRequest, SpeakerCounts):
    """POST /v1/audio/diarization."""

    response_format = Choice(DIARIZATION_FORMATS, default="json")
    include_text = FlagField(
        default=False, help_text="verbose_json: also transcribe, and add the text of each segment."
    )

    @property
    def with_text(self) -> bool:
        """Whether the answer has text: as at LocalAI, `verbose_json` only."""
        given = self.validated_data
        return bool(given["include_text"]) and given["response_format"] == "verbose_json"

    def ignored(self) -> Iterator[str]:
        """Yield the fields of this request that have no effect."""
        yield from super().ignored()
        if self.validated_data["include_text"] and not self.with_text:
            yield "include_text"


@extend_schema_serializer(component_name="SpeechEmbedding")
class SpeechEmbeddingRequest(ForeignRequest):
    """POST /v1/audio/speech/embedding."""


@extend_schema_serializer(component_name="SpeechTimestamps")
class SpeechTimestampsRequest(ForeignRequest):
    """POST /v1/audio/speech/timestamps. The engine finds turns; thresholds have no effect."""

    threshold = FiniteFloatField(required=False, min_value=0, max_value=1, help_text=NO_EFFECT)
    neg_threshold = FiniteFloatField(required=False, min_value=0, help_text=NO_EFFECT)
    min_silence_duration_ms = serializers.IntegerField(
        default=1000, min_value=0, max_value=3_600_000, help_text="Shorter silences are left out."
    )
    min_speech_duration_ms = serializers.IntegerField(
        default=0, min_value=0, max_value=3_600_000, help_text="Shorter spans are left out."
    )
    max_speech_duration_s = FiniteFloatField(
        required=False,
        min_value=1,
        help_text="Longer spans are cut, best at a silence.",
    )
    speech_pad_ms = serializers.IntegerField(
        default=0, min_value=0, max_value=60_000, help_text="Added at both ends of a span."
    )
    without_effect = ("model", "threshold", "neg_threshold")

    def rule(self) -> SpeechRule:
        """Return what separates spans of speech."""
        given = self.validated_data
        return SpeechRule(
            min_silence_s=given["min_silence_duration_ms"] / 1000,
            min_speech_s=given["min_speech_duration_ms"] / 1000,
            longest_s=given.get("max_speech_duration_s", inf),
            pad_s=given["speech_pad_ms"] / 1000,
        )


@extend_schema_serializer(component_name="ASR")
class ASRRequest(SpeakerCounts):
    """POST /asr: the recording in a form, all else in the query, as whisper-asr-webservice."""

    audio_file = AudioField()
    task = Choice(("transcribe", "translate"), default="transcribe")
    output = Choice(("txt", "vtt", "srt", "tsv", "json"), default="txt")
    language = serializers.CharField(required=False, allow_blank=True, max_length=50)
    initial_prompt = serializers.CharField(required=False, allow_blank=True, max_length=10_000)
    word_timestamps = FlagField(default=False, help_text="json: list the words of each segment.")
    encode = FlagField(
        default=True,
        help_text="false: audio_file holds 16 kHz mono samples of 16 bits, no header.",
    )
    diarize = FlagField(default=False, help_text="Separate the speakers.")
    enable_diarization = FlagField(default=False, help_text="The same, as forks call it.")
    return_speaker_embeddings = FlagField(
        default=False, help_text="json: also speakers, and an embedding of each."
    )
    vad_filter = FlagField(required=False, help_text=NO_EFFECT)

    def validate_language(self, language: str) -> str:
        """Return the code that engines expect: en for English."""
        return language_code(language)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        wanted = [name for name in _DIARIZES if attrs[name]]
        if attrs["task"] == "translate" and wanted:
            raise serializers.ValidationError(
                {wanted[0]: "expected false with task=translate: a translation has no speakers."}
            )
        return super().validate(attrs)

    @property
    def is_translation(self) -> bool:
        """Whether the answer is English, whatever is spoken."""
        return bool(self.validated_data["task"] == "translate")

    @property
    def is_diarized(self) -> bool:
        """Whether the answer has speakers."""
        return any(self.validated_data[name] for name in _DIARIZES)

    def engine_options(self) -> dict[str, str]:
        """Return the fields that are passed on to the engine."""
        given = self.validated_data
        options = {"language": given.get("language"), "prompt": given.get("initial_prompt")}
        return {name: value for name, value in options.items() if value}

    def ignored(self) -> Iterator[str]:
        """Yield the fields of this request that have no effect."""
        yield from self.unknown()
        if self.validated_data.get("vad_filter"):
            yield "vad_filter"
