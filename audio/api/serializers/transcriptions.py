"""What POST /v1/audio/transcriptions takes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from audio.api import catalogue
from audio.api.fields import (
    BracketedListField,
    Choice,
    ChunkingField,
    FiniteFloatField,
    FlagField,
    NameField,
)
from audio.api.request_errors import ModelNotFound
from audio.api.serializers.recordings import AudioField, DataUrlField, InputAudioField
from audio.api.serializers.requests import AudioRequest
from audio.formats.renderer import OPENAI_FORMATS
from audio.library import NoLibrary, library
from audio.media import temporary_files
from audio.media.recording import Recording
from audio.pipeline.known_speakers import KnownSpeakers

# Subtitles have no events; the formats of a stream are told apart by whether they name speakers.
STREAMED_FORMATS = {"json", "text", "verbose_json", "diarized_json"}
SPEAKER_FORMATS = {"text", "srt", "vtt", "rttm", "diarized_json"}
# OpenAI takes four; more cost one call to the engine each.
MOST_KNOWN_SPEAKERS = 50
_KNOWN_SPEAKERS = ("known_speaker_names", "known_speaker_references")


@dataclass(frozen=True, slots=True)
class Given:
    """The recordings of a request, as files."""

    recording: Recording
    known: KnownSpeakers


@extend_schema_serializer(component_name="Transcription")
class TranscriptionRequest(AudioRequest):
    """POST /v1/audio/transcriptions: a form with `file`, or JSON with `input_audio`."""

    file = AudioField(required=False, help_text="The recording, in any common format.")
    input_audio = InputAudioField(
        required=False, help_text="Instead of file, in a JSON body: base64 data, and its format."
    )
    model = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="Any of GET /v1/models."
    )
    language = serializers.CharField(
        required=False, allow_blank=True, max_length=50, help_text="en, en-US or English."
    )
    languages = BracketedListField(
        child=serializers.CharField(max_length=50),
        required=False,
        help_text="One is taken as language; of several the engine is not told.",
    )
    keywords = BracketedListField(
        child=serializers.CharField(max_length=200),
        required=False,
        most=200,
        help_text="Words to expect: they join the prompt.",
    )
    prompt = serializers.CharField(required=False, allow_blank=True, max_length=10_000)
    temperature = FiniteFloatField(required=False, min_value=0, max_value=1)
    response_format = Choice(OPENAI_FORMATS, default="json")
    timestamp_granularities = BracketedListField(
        child=Choice(("word", "segment")), required=False, help_text="For verbose_json."
    )
    include = BracketedListField(child=serializers.CharField(max_length=50), required=False)
    chunking_strategy = ChunkingField(required=False)
    stream = FlagField(
        default=False, help_text="Answer with events: json, text, verbose_json, diarized_json."
    )
    speakers = FlagField(
        default=False, help_text="Say who speaks: text, srt, vtt and rttm (which always does)."
    )
    known_speaker_names = BracketedListField(
        child=NameField(max_length=200), default=[], most=MOST_KNOWN_SPEAKERS
    )
    known_speaker_references = BracketedListField(
        child=DataUrlField(),
        default=[],
        most=MOST_KNOWN_SPEAKERS,
        help_text="One data URL per name: a few seconds of that voice. Without any, the voices "
        "of these names are looked for in the voice library.",
    )

    def to_internal_value(self, data: Any) -> Any:
        """In JSON null is no choice."""
        if isinstance(data, dict) and not hasattr(data, "getlist"):
            data = {name: value for name, value in data.items() if value is not None}
        return super().to_internal_value(data)

    def validate_model(self, model: str) -> str:
        if model and not catalogue.is_stt_model(model):
            raise ModelNotFound(model)
        return model

    def validate_language(self, language: str) -> str:
        """Engines know codes without a region: en-US and English are en."""
        return catalogue.language_code(language)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("file" in attrs) == ("input_audio" in attrs):
            raise serializers.ValidationError(
                {"file": "expected one recording: a file, or input_audio in a JSON body."},
                code="required",
            )
        self._check_formats(attrs)
        self._check_known_speakers(attrs)
        return attrs

    def _check_formats(self, attrs: Mapping[str, Any]) -> None:
        wanted = attrs["response_format"]
        if attrs["stream"] and wanted not in STREAMED_FORMATS:
            raise _unsupported(f"{wanted} cannot be streamed", STREAMED_FORMATS)
        if attrs["speakers"] and wanted not in SPEAKER_FORMATS:
            raise _unsupported(f"{wanted} has no place for speakers", SPEAKER_FORMATS)

    def _check_known_speakers(self, attrs: Mapping[str, Any]) -> None:
        names, references = attrs["known_speaker_names"], attrs["known_speaker_references"]
        if len(references) not in (0, len(names)):
            raise serializers.ValidationError(
                {
                    "known_speaker_references": f"expected one per name: got {len(references)} "
                    f"for {len(names)} known_speaker_names."
                }
            )
        if names and not references and isinstance(library(), NoLibrary):
            raise serializers.ValidationError(
                {
                    "known_speaker_references": "expected one per name: this gateway has no "
                    "voice library to look the names up in."
                }
            )

    @property
    def diarized(self) -> bool:
        """Whether the answer says who speaks."""
        given = self.validated_data
        return given["speakers"] or given["response_format"] in ("diarized_json", "rttm")

    @property
    def looks_up_voices(self) -> bool:
        """Whether the stored voices of the named speakers are wanted."""
        given = self.validated_data
        named = bool(given["known_speaker_names"])
        return self.diarized and named and not given["known_speaker_references"]

    @property
    def granularities(self) -> list[str]:
        """What verbose_json is to contain."""
        return self.validated_data.get("timestamp_granularities") or ["segment"]

    @contextmanager
    def recordings(self) -> Iterator[Given]:
        """What is to be transcribed, and the speakers that the client expects.

        What came as text is a file until the end of the block. `reader` of the context is the name
        of the client's key.
        """
        given = self.validated_data
        names, reader = tuple(given["known_speaker_names"]), self.context["reader"]
        if "file" in given and not given["known_speaker_references"]:
            yield Given(given["file"], KnownSpeakers(names, (), reader))
            return
        with TemporaryDirectory(prefix="sent-", dir=temporary_files.folder()) as place:
            folder = Path(place)
            sent = given.get("input_audio")
            references = tuple(
                reference.written(folder, field=f"known_speaker_references[{number}]")
                for number, reference in enumerate(given["known_speaker_references"])
            )
            yield Given(
                sent.written(folder, field="input_audio") if sent else given["file"],
                KnownSpeakers(names, references, reader),
            )

    def engine_options(self) -> dict[str, str]:
        """What the engine is told."""
        given = self.validated_data
        languages = given.get("languages", [])
        relayed = {
            "model": given.get("model"),
            "language": given.get("language")
            or (catalogue.language_code(languages[0]) if len(languages) == 1 else None),
            "prompt": ", ".join(filter(None, [given.get("prompt"), *given.get("keywords", [])])),
            "temperature": given.get("temperature"),
        }
        return {key: str(value) for key, value in relayed.items() if value not in (None, "")}

    def ignored(self) -> Iterator[str]:
        """The fields of this request that have no effect."""
        given = self.validated_data
        known = {name for field in self.fields for name in (field, f"{field}[]")}
        sent = (name for name in self.initial_data if not name.startswith("chunking_strategy["))
        yield from (name for name in sent if name not in known)
        if given.get("include"):
            yield "include"
        if given.get("chunking_strategy") not in (None, "auto"):
            yield "chunking_strategy"
        if len(given.get("languages", [])) > 1:
            yield "languages"
        if "timestamp_granularities" in given and given["response_format"] != "verbose_json":
            yield "timestamp_granularities"
        if not self.diarized:
            yield from (name for name in _KNOWN_SPEAKERS if given[name])


def _unsupported(why: str, formats: set[str]) -> serializers.ValidationError:
    listed = ", ".join(name for name in OPENAI_FORMATS if name in formats)
    return serializers.ValidationError(
        {"response_format": f"{why}; expected one of {listed}."}, code="unsupported_value"
    )
