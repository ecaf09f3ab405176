"""The OpenAPI pages of the native endpoints: diarization, labelled and named transcripts.

Published names differ from the words of the code in places: a component `…Voice` describes a
speaker, `cluster` is a speaker's label, `fingerprint` an embedding, and `segments` are turns or
blocks.
"""

from typing import Any

from drf_spectacular.utils import OpenApiExample, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers

from audio.api.fields import Choice
from audio.api.schema.text_answers import TEXT_ANSWERS
from audio.api.schema.transcription_pages import INTERPOLATED, corrections
from audio.api.serializers.speakers import (
    DiarizeRequest,
    LabelMergeRequest,
    TranscribeWithSpeakersRequest,
)

TAGS = ["Who said what"]
IGNORED = "The header `x-ignored-params` lists fields that have no effect."
VECTOR = "The embedding: 192 numbers (two in the example)."


class Warned(serializers.Serializer[Any]):
    """A warning about the quality of a result."""

    code = serializers.CharField()
    message = serializers.CharField()


class SpeakerTurn(serializers.Serializer[Any]):
    """A turn: one speaker talking from start to end."""

    start_s = serializers.FloatField()
    end_s = serializers.FloatField()
    speaker = serializers.CharField()
    confidence = serializers.FloatField(required=False)


class SpeakerBlock(serializers.Serializer[Any]):
    """A block: consecutive words of one speaker."""

    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField()
    speaker = serializers.CharField()
    text = serializers.CharField()


class DiarizedChunk(serializers.Serializer[Any]):
    """Turns under labels that are valid in this chunk only, and an embedding per label."""

    duration = serializers.FloatField()
    segments = SpeakerTurn(many=True)
    speakers_detected = serializers.ListField(child=serializers.CharField())
    fingerprints = serializers.DictField(
        child=serializers.ListField(child=serializers.FloatField()), help_text=VECTOR
    )
    models = serializers.DictField(child=serializers.CharField())
    warnings = Warned(many=True, required=False)


class RecognisedVoice(serializers.Serializer[Any]):
    """The known voice of a label, with `identify=true`."""

    label = serializers.CharField()  # type: ignore[assignment]
    name = serializers.CharField(allow_null=True)
    similarity = serializers.FloatField(allow_null=True)


class LabelledBlocks(serializers.Serializer[Any]):
    """Blocks of words under anonymous labels."""

    duration = serializers.FloatField()
    language = serializers.CharField()
    speakers_detected = serializers.ListField(child=serializers.CharField())
    speakers = RecognisedVoice(many=True, required=False)
    segments = SpeakerBlock(many=True)
    words_interpolated = serializers.BooleanField(required=False, help_text=INTERPOLATED)
    models = serializers.DictField(child=serializers.CharField())
    corrections = corrections()
    warnings = Warned(many=True, required=False)


class NamedVoice(serializers.Serializer[Any]):
    """A speaker, the speaker's name, and the evidence for that name."""

    cluster = serializers.CharField()
    name = serializers.CharField()
    source = Choice(  # type: ignore[assignment]
        ("visual", "voiceprint", "unmatched", "mic_channel")
    )
    fingerprint = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text=VECTOR
    )
    overlap_confidence = serializers.FloatField(required=False)
    match_similarity = serializers.FloatField(required=False)
    enrolled_s = serializers.FloatField(required=False)
    name_readings = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="Other readings of the name in the timeline, where there are any.",
    )
    evidence = serializers.DictField(
        required=False, help_text="With rule=evidence: the figures behind the name."
    )


class TimelineFacts(serializers.Serializer[Any]):
    """What was read of the timeline, and how late it is."""

    format = serializers.CharField(help_text="As recognised, or as declared.")
    entries = serializers.IntegerField(help_text="Entries that came to be used.")
    people = serializers.IntegerField(help_text="People among them.")
    offset_s = serializers.FloatField(
        allow_null=True,
        help_text="How late the timeline is: the time in the recording is the timeline's time "
        "minus this. Null where nothing was found, or the rule does not look.",
    )
    dropped = serializers.DictField(
        child=serializers.IntegerField(), help_text="Entries that were left out, by reason."
    )
    recording_start = serializers.DateTimeField(
        required=False,
        help_text="Absolute times without recording_start: when the recording seems to begin.",
    )
    pieces = serializers.ListField(
        child=serializers.DictField(child=serializers.FloatField()),
        required=False,
        help_text="A paused recording: from_s and offset_s of each piece.",
    )
    joined = serializers.IntegerField(
        required=False,
        help_text="Readings that were taken for another reading of the same person's name.",
    )


class Echo(serializers.Serializer[Any]):
    """The system track's echo in the mic track; null where none was found."""

    found = serializers.BooleanField()
    delay_ms = serializers.FloatField(
        allow_null=True, help_text="How late the microphone hears the system track."
    )
    drift_ppm = serializers.FloatField(
        allow_null=True, help_text="By how much the microphone's clock is slower."
    )
    attenuation_db = serializers.FloatField(
        allow_null=True, help_text="By how much the echo is weaker in what the engines hear."
    )


class NamedBlocks(serializers.Serializer[Any]):
    """Who said what, by name."""

    mode = Choice(("mono", "dual_channel"))
    duration = serializers.FloatField()
    speakers = NamedVoice(many=True)
    segments = serializers.ListField(
        child=PolymorphicProxySerializer(
            "NamedSegment", [SpeakerTurn, SpeakerBlock], resource_type_field_name=None
        ),
        help_text="Blocks if there is text, otherwise turns.",
    )
    words_interpolated = serializers.BooleanField(required=False, help_text=INTERPOLATED)
    fingerprints = serializers.DictField(
        child=serializers.ListField(child=serializers.FloatField())
    )
    models = serializers.DictField(child=serializers.CharField())
    corrections = corrections()
    warnings = Warned(many=True, required=False)
    dropped_words = serializers.IntegerField(required=False)
    echo = Echo(required=False, help_text="Two tracks, without self_vad and unless echo is off.")
    timeline_offset_s = serializers.FloatField(required=False)
    timeline = TimelineFacts(required=False)
    formats = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        help_text="With formats: the transcript in each of these text formats.",
    )
    transcript_id = serializers.UUIDField(
        required=False, help_text="With store=true: the stored transcript."
    )


def _example(name: str, value: object) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=["200"])


_TURNS = [
    {"start_s": 0.0, "end_s": 1.6, "speaker": "Speaker_0", "confidence": 0.97},
    {"start_s": 1.9, "end_s": 4.0, "speaker": "Speaker_1"},
]
_MODELS = {"diarization": "sortformer", "embedding": "titanet"}
CHUNK = {
    "duration": 4.0,
    "segments": _TURNS,
    "speakers_detected": ["Speaker_0", "Speaker_1"],
    "fingerprints": {"Speaker_0": [1.0, 0.0], "Speaker_1": [0.0, 1.0]},
    "models": _MODELS,
}
BLOCKS = {
    "duration": 4.0,
    "language": "en",
    "speakers_detected": ["Speaker_0", "Speaker_1"],
    "segments": [
        {"start_ms": 0, "end_ms": 1500, "speaker": "Speaker_0", "text": "Turn on the light."},
        {
            "start_ms": 2000,
            "end_ms": 4000,
            "speaker": "Speaker_1",
            "text": "Then close the blinds.",
        },
    ],
    "models": {"transcription": "parakeet", "diarization": "sortformer"},
}
NAMED = {
    "mode": "mono",
    "duration": 4.0,
    "speakers": [
        {
            "cluster": "Speaker_0",
            "name": "Ana",
            "source": "visual",
            "fingerprint": [1.0, 0.0],
            "overlap_confidence": 0.9375,
        },
        {
            "cluster": "Speaker_1",
            "name": "Ben",
            "source": "voiceprint",
            "fingerprint": [0.0, 1.0],
            "match_similarity": 0.8,
        },
    ],
    "segments": [
        {"start_s": 0.0, "end_s": 1.6, "speaker": "Ana", "confidence": 0.97},
        {"start_s": 1.9, "end_s": 4.0, "speaker": "Ben"},
    ],
    "fingerprints": {"Ana": [1.0, 0.0], "Ben": [0.0, 1.0]},
    "models": _MODELS,
    "timeline": {"format": "list", "entries": 1, "people": 1, "offset_s": None, "dropped": {}},
}

CHUNK_PAGE = extend_schema(
    operation_id="diarize_chunk",
    summary="Diarize a recording: turns and embeddings of anonymous speakers",
    description=IGNORED,
    tags=TAGS,
    request={"multipart/form-data": DiarizeRequest},
    responses=DiarizedChunk,
    examples=[_example("two speakers", CHUNK)],
)
BLOCKS_PAGE = extend_schema(
    operation_id="transcribe_with_speakers",
    summary="Transcribe with anonymous speakers",
    description=f"The transcript is not stored; label-merge can store it. {IGNORED}",
    tags=TAGS,
    request={"multipart/form-data": TranscribeWithSpeakersRequest},
    responses={
        (200, "application/json"): LabelledBlocks,
        **TEXT_ANSWERS,
    },
    examples=[_example("two speakers", BLOCKS)],
)
NAMED_PAGE = extend_schema(
    operation_id="label_merge",
    summary="Who said what, by name",
    description=(
        "Takes one mixed recording, or a microphone track and a system track. A speaker gets the "
        "name that the timeline shows while the speaker talks, otherwise that of a known voice, "
        "otherwise `Unknown_0`. Known voices come from `known_voiceprints`; without that field "
        "they come from the voice library, if the key has `voices:read`. The timeline may be an "
        f"export of a meeting platform, as text or as a file. {IGNORED}"
    ),
    tags=TAGS,
    request={"multipart/form-data": LabelMergeRequest},
    responses={
        (200, "application/json"): NamedBlocks,
        **TEXT_ANSWERS,
    },
    examples=[_example("one by timeline, one by voice", NAMED)],
)
