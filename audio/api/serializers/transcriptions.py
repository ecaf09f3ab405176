"""The request of POST /v1/audio/transcriptions."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from audio.api import model_names
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
from audio.api.serializers.spelling import SpelledRequest
from audio.engines.languages import language_code
from audio.formats.renderer import OPENAI_FORMATS
from audio.library import NoLibrary, library
from audio.media import temporary_files
from audio.media.recording import Recording
from audio.pipeline.known_speakers import KnownSpeakers

STREAMED_FORMATS = {"json", "text", "srt", "vtt", "verbose_json", "diarized_json"}
SPEAKER_FORMATS = {"text", "srt", "vtt", "rttm", "diarized_json"}
# OpenAI accepts four. Each reference costs one call to the engine.
MAX_KNOWN_SPEAKERS = 50
MAX_PROMPT = 10_000
_KNOWN_SPEAKERS = ("known_speaker_names", "known_speaker_references")


@extend_schema_serializer(component_name="Transcription")
class TranscriptionRequest(SpelledRequest):
    """POST /v1/audio/transcriptions: a form with `file`, or JSON with `input_audio`."""

    file = AudioField(required=False, help_text="The recording, in any common format.")
    input_audio = InputAudioField(
        required=False, help_text="In a JSON body, instead of file: base64 data, and its format."
    )
    model = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=200,
        help_text="A speech-to-text model of GET /v1/models.",
    )
    language = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=50,
        help_text="A code, a tag or a name: en, en-US, English.",
    )
    languages = BracketedListField(
        child=serializers.CharField(max_length=50),
        required=False,
        help_text="A single entry is used as language; several have no effect.",
    )
    prompt = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=MAX_PROMPT,
        help_text="The text before, or expected words. The engine gets it with the keywords.",
    )
    temperature = FiniteFloatField(required=False, min_value=0, max_value=1)
    response_format = Choice(OPENAI_FORMATS, default="json")
    timestamp_granularities = BracketedListField(
        child=Choice(("word", "segment")), required=False, help_text="For verbose_json."
    )
    include = BracketedListField(child=serializers.CharField(max_length=50), required=False)
    chunking_strategy = ChunkingField(required=False)
    stream = FlagField(default=False, help_text="Answer with events, in all formats but rttm.")
    speakers = FlagField(
        default=False,
        help_text="Add speakers to text, srt and vtt; rttm and diarized_json always have them.",
    )
    known_speaker_names = BracketedListField(
        child=NameField(max_length=200), default=[], max_items=MAX_KNOWN_SPEAKERS
    )
    known_speaker_references = BracketedListField(
        child=DataUrlField(),
        default=[],
        max_items=MAX_KNOWN_SPEAKERS,
        help_text="One data URL per name, with a few seconds of that voice. Without references, "
        "the names are looked up in the voice library.",
    )

    def to_internal_value(self, data: Any) -> Any:
        """Drop null values of a JSON body: they mean that a field is not set."""
        if isinstance(data, dict) and not hasattr(data, "getlist"):
            data = {name: value for name, value in data.items() if value is not None}
        return super().to_internal_value(data)

    def validate_model(self, model: str) -> str:
        """Return the model that was asked for, or the one that its alias means."""
        return stt_model(model)

    def validate_language(self, language: str) -> str:
        """Return the code without a region, which engines expect: en for en-US and English."""
        return language_code(language)

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
            raise _unsupported(f"{wanted} cannot contain speakers", SPEAKER_FORMATS)

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
                    "voice library in which to look up the names."
                }
            )

    @property
    def is_diarized(self) -> bool:
        """Whether the answer has speakers."""
        given = self.validated_data
        return given["speakers"] or given["response_format"] in ("diarized_json", "rttm")

    @property
    def looks_up_voices(self) -> bool:
        """Whether the named speakers are looked up in the voice library."""
        given = self.validated_data
        named = bool(given["known_speaker_names"])
        return self.is_diarized and named and not given["known_speaker_references"]

    @property
    def needs_times(self) -> bool:
        """Whether the format shows when something was said."""
        return self.validated_data["response_format"] not in ("json", "text")

    @property
    def granularities(self) -> list[str]:
        """The parts that verbose_json contains."""
        return self.validated_data.get("timestamp_granularities") or ["segment"]

    @contextmanager
    def recordings(self) -> Iterator[tuple[Recording, KnownSpeakers]]:
        """Yield the recording, and the speakers that the client expects.

        Recordings that were sent as text are files until the end of the block. `reader` of the
        context is the name of the client's key.
        """
        given = self.validated_data
        names, reader = tuple(given["known_speaker_names"]), self.context["reader"]
        if "file" in given and not given["known_speaker_references"]:
            yield given["file"], KnownSpeakers(names, (), reader)
            return
        with TemporaryDirectory(prefix="sent-", dir=temporary_files.folder()) as name:
            folder = Path(name)
            encoded = given.get("input_audio")
            references = tuple(
                reference.write_to(folder, field=f"known_speaker_references[{number}]")
                for number, reference in enumerate(given["known_speaker_references"])
            )
            yield (
                encoded.write_to(folder, field="input_audio") if encoded else given["file"],
                KnownSpeakers(names, references, reader),
            )

    def engine_options(self) -> dict[str, str]:
        """Return the fields that are passed on to the engine."""
        given = self.validated_data
        languages = given.get("languages", [])
        relayed = {
            "model": given.get("model"),
            "language": given.get("language")
            or (language_code(languages[0]) if len(languages) == 1 else None),
            "prompt": joined_prompt(given.get("prompt", ""), given["keywords"]),
            "temperature": given.get("temperature"),
        }
        return {key: str(value) for key, value in relayed.items() if value not in (None, "")}

    def ignored(self) -> Iterator[str]:
        """Yield the fields of this request that have no effect."""
        given = self.validated_data
        unknown = self.unknown()
        yield from (name for name in unknown if not name.startswith("chunking_strategy["))
        if given.get("include"):
            yield "include"
        if given.get("chunking_strategy") not in (None, "auto"):
            yield "chunking_strategy"
        if len(given.get("languages", [])) > 1:
            yield "languages"
        if "timestamp_granularities" in given and given["response_format"] != "verbose_json":
            yield "timestamp_granularities"
        if not self.is_diarized:
            yield from (name for name in _KNOWN_SPEAKERS if given[name])


def stt_model(model: str) -> str:
    """Return the model for speech to text that was asked for, or the one that its alias means.

    Raises
    ------
    ModelNotFound
    """
    if model_names.is_tts_model(model):
        raise ModelNotFound(model, "turns text into speech; ask for whisper-1 instead")
    if model and not model_names.is_stt_model(model):
        raise ModelNotFound(model)
    return model_names.resolve(model)


def joined_prompt(prompt: str, keywords: Sequence[str]) -> str:
    """Return the prompt with as many keywords as fit: engines read its last few hundred words."""
    joined = ""
    for part in filter(None, [prompt, *keywords]):
        longer = f"{joined}, {part}" if joined else part
        if len(longer) > MAX_PROMPT:
            break
        joined = longer
    return joined


def _unsupported(reason: str, formats: set[str]) -> serializers.ValidationError:
    listed = ", ".join(name for name in OPENAI_FORMATS if name in formats)
    return serializers.ValidationError(
        {"response_format": f"{reason}; expected one of {listed}."}, code="unsupported_value"
    )
