"""What each endpoint takes; a refusal names the field and what was expected."""

import json
import re
from pathlib import Path, PurePath
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from audio import catalogue
from audio.engines.client import Recording
from audio.fields import (
    BracketedListField,
    Choice,
    FiniteFloatField,
    NameField,
    SpansField,
    TimelineField,
    VoiceField,
    VoicesField,
)
from audio.formats.text import TEXT_FORMATS
from audio.library import NoLibrary, library
from audio.pipeline import MergeJob

OPENAI_FORMATS = ("json", "text", "srt", "vtt", "verbose_json")
NATIVE_FORMATS = ("json", *TEXT_FORMATS)
NAMING_RULES = ("overlap", "evidence")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")


class AudioField(serializers.FileField):
    """An uploaded recording: a file on disk, whatever its size."""

    default_error_messages = {"empty": "Empty file"}

    def to_internal_value(self, data: Any) -> Recording:  # type: ignore[override]
        uploaded = super().to_internal_value(data)
        assert isinstance(uploaded, TemporaryUploadedFile)  # noqa: S101 — the only upload handler
        suffix = PurePath(uploaded.name or "").suffix.lower()
        return Recording(
            Path(uploaded.temporary_file_path()), suffix if _SUFFIX.fullmatch(suffix) else ""
        )


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


@extend_schema_serializer(component_name="Diarize")
class DiarizeRequest(serializers.Serializer[Any]):
    """POST /api/audio/diarize-chunk."""

    file = AudioField()


@extend_schema_serializer(component_name="TranscribeWithSpeakers")
class TranscribeWithSpeakersRequest(serializers.Serializer[Any]):
    """POST /api/audio/transcribe-with-speakers."""

    file = AudioField()
    format = Choice(NATIVE_FORMATS, default="json")


@extend_schema_serializer(component_name="LabelMerge")
class LabelMergeRequest(serializers.Serializer[Any]):
    """POST /api/audio/label-merge: `file`, or `mic_file` and `system_file`."""

    file = AudioField(required=False, help_text="The mixed recording (mono mode).")
    mic_file = AudioField(required=False, help_text="The local user's microphone.")
    system_file = AudioField(
        required=False, help_text="Everybody else, sample-aligned to the microphone."
    )
    timeline = TimelineField(help_text="Who was shown as speaking when; may be [].")
    self_name = NameField(
        default="Me", max_length=200, help_text="The local user's name (two tracks)."
    )
    self_vad = SpansField(
        required=False,
        help_text="When the local user really speaks; without it the two tracks' levels tell.",
    )
    known_voiceprints = VoicesField(
        required=False,
        help_text="Your own library; with it, even as {}, the stored one is left alone.",
    )
    transcribe = serializers.BooleanField(
        default=False, help_text="Mono: attach text too. Two tracks always do."
    )
    rule = Choice(
        NAMING_RULES,
        default="overlap",
        help_text="overlap: the name shown longest, else the nearest voice. evidence: one "
        "decision from both, with what speaks for it, and no name without enough of that.",
    )
    min_overlap = FiniteFloatField(
        default=0.0,
        min_value=0,
        max_value=1,
        help_text="Rule overlap: least share of a speaker's time that the name was shown.",
    )
    voiceprint_threshold = FiniteFloatField(
        default=0.5,
        min_value=-1,
        max_value=1,
        help_text="Least cosine similarity of a voice.",
    )
    store = serializers.BooleanField(
        default=False, help_text="Keep the result in the voice library."
    )
    format = Choice(NATIVE_FORMATS, default="json")

    def validate_store(self, store: bool) -> bool:
        if store and isinstance(library(), NoLibrary):
            raise serializers.ValidationError("this gateway has no voice library to keep it in.")
        return store

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        tracks = [name for name in ("mic_file", "system_file") if name in attrs]
        if len(tracks) == 1:
            missing = {"mic_file": "system_file", "system_file": "mic_file"}[tracks[0]]
            raise serializers.ValidationError({missing: f"required beside {tracks[0]}."})
        if not tracks and "file" not in attrs:
            raise serializers.ValidationError(
                {"file": "expected either file, or mic_file and system_file."}
            )
        return attrs

    def job(self, *, may_read_library: bool) -> MergeJob:
        """The work that this request asks for."""
        given = self.validated_data
        return MergeJob(
            file=given.get("file"),
            mic=given.get("mic_file"),
            system=given.get("system_file"),
            hints=given["timeline"],
            self_name=given["self_name"],
            self_vad=given.get("self_vad"),
            known_voices=given.get("known_voiceprints"),
            may_read_library=may_read_library,
            transcribe=given["transcribe"],
            rule=given["rule"],
            min_overlap=given["min_overlap"],
            voiceprint_threshold=given["voiceprint_threshold"],
        )
