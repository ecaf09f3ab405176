"""The OpenAPI page of transcriptions: answers, examples, descriptions."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers

from audio.api.fields import Choice
from audio.api.schema.refusal import Refusal
from audio.api.schema.text_answers import TEXT_ANSWERS
from audio.api.serializers.transcriptions import TranscriptionRequest

# A field named `from` cannot be an attribute of a class.
SpellingCorrection = type(
    inline_serializer(
        "SpellingCorrection",
        fields={
            "from": serializers.CharField(help_text="What the engine wrote."),
            "to": serializers.CharField(help_text="The term that replaced it."),
            "start_ms": serializers.IntegerField(
                allow_null=True, help_text="When it was said; null without times of words."
            ),
        },
    )
)


def corrections() -> serializers.Serializer[Any]:
    """Return the field `corrections` of an answer."""
    return SpellingCorrection(many=True, required=False)


class DurationUsage(serializers.Serializer[Any]):
    """The length of the recording."""

    type = Choice(("duration",))
    seconds = serializers.IntegerField(help_text="Seconds, rounded up.")


class TranscriptionText(serializers.Serializer[Any]):
    """`json`."""

    text = serializers.CharField(allow_blank=True)
    usage = DurationUsage()
    corrections = corrections()


INTERPOLATED = "True where the engine left out the times of some words, which are estimated."


class TranscriptionSegment(serializers.Serializer[Any]):
    """A sentence, or the part of one that fits in a subtitle."""

    id = serializers.IntegerField()
    seek = serializers.IntegerField()
    start = serializers.FloatField(help_text="Seconds.")
    end = serializers.FloatField(help_text="Seconds.")
    text = serializers.CharField()
    tokens = serializers.ListField(child=serializers.IntegerField())
    temperature = serializers.FloatField()
    avg_logprob = serializers.FloatField()
    compression_ratio = serializers.FloatField()
    no_speech_prob = serializers.FloatField()


class TranscribedWord(serializers.Serializer[Any]):
    """A word with its start and end, in seconds."""

    word = serializers.CharField()
    start = serializers.FloatField()
    end = serializers.FloatField()


class VerboseTranscription(serializers.Serializer[Any]):
    """`verbose_json`."""

    task = Choice(("transcribe",))
    language = serializers.CharField(help_text="The language's English name.")
    duration = serializers.FloatField(help_text="Seconds.")
    text = serializers.CharField(allow_blank=True)
    segments = TranscriptionSegment(many=True, required=False)
    words = TranscribedWord(many=True, required=False)
    words_interpolated = serializers.BooleanField(required=False, help_text=INTERPOLATED)
    usage = DurationUsage()
    corrections = corrections()


class SpeakerSegment(serializers.Serializer[Any]):
    """Consecutive words of one speaker."""

    type = Choice(("transcript.text.segment",))
    id = serializers.CharField()
    start = serializers.FloatField(help_text="Seconds.")
    end = serializers.FloatField(help_text="Seconds.")
    text = serializers.CharField()
    speaker = serializers.CharField(help_text="A known speaker's name, otherwise A, B, …")


class DiarizedTranscription(serializers.Serializer[Any]):
    """`diarized_json`."""

    task = Choice(("transcribe",))
    duration = serializers.FloatField(help_text="Seconds.")
    text = serializers.CharField(allow_blank=True)
    segments = SpeakerSegment(many=True)
    words_interpolated = serializers.BooleanField(required=False, help_text=INTERPOLATED)
    usage = DurationUsage()
    corrections = corrections()


TEXT = "Turn on the light. Then close the blinds."
USAGE = {"type": "duration", "seconds": 4}


def _segment(number: int, start: float, end: float, text: str) -> dict[str, object]:
    neutral = {
        "seek": 0,
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": 0.0,
        "compression_ratio": 1.0,
        "no_speech_prob": 0.0,
    }
    return {"id": number, "start": start, "end": end, "text": text} | neutral


def _speaker_segment(
    number: int, start: float, end: float, text: str, speaker: str
) -> dict[str, object]:
    fields = {"start": start, "end": end, "text": text, "speaker": speaker}
    return {"type": "transcript.text.segment", "id": f"seg_{number:03}"} | fields


def _answer(name: str, value: object, media_type: str = "application/json") -> OpenApiExample:
    return OpenApiExample(
        name, value=value, media_type=media_type, response_only=True, status_codes=["200"]
    )


REQUESTS = [
    OpenApiExample(
        "a recording in JSON",
        value={
            "model": "whisper-1",
            "language": "en",
            "input_audio": {"data": "UklGRiQAAABXQVZF…", "format": "wav"},
        },
        media_type="application/json",
        request_only=True,
    ),
]
# A test compares each of these with an answer of the gateway.
TRANSCRIPTIONS = [
    _answer("json", {"text": TEXT, "usage": USAGE}),
    _answer(
        "verbose_json",
        {
            "task": "transcribe",
            "language": "english",
            "duration": 4.0,
            "text": TEXT,
            "usage": USAGE,
            "segments": [
                _segment(0, 0.0, 1.5, "Turn on the light."),
                _segment(1, 2.0, 4.0, "Then close the blinds."),
            ],
        },
    ),
    _answer(
        "diarized_json",
        {
            "task": "transcribe",
            "duration": 4.0,
            "text": "A: Turn on the light.\nB: Then close the blinds.",
            "segments": [
                _speaker_segment(1, 0.0, 1.5, "Turn on the light.", "A"),
                _speaker_segment(2, 2.0, 4.0, "Then close the blinds.", "B"),
            ],
            "usage": USAGE,
        },
    ),
    _answer("text", f"{TEXT}\n", "text/plain"),
    _answer(
        "srt",
        "1\n00:00:00,000 --> 00:00:01,500\nTurn on the light.\n\n"
        "2\n00:00:02,000 --> 00:00:04,000\nThen close the blinds.\n\n",
        "text/plain",
    ),
    _answer(
        "vtt",
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nTurn on the light.\n\n"
        "00:00:02.000 --> 00:00:04.000\nThen close the blinds.\n\n",
        "text/vtt",
    ),
    _answer(
        "rttm",
        "SPEAKER recording 1 0.000 1.500 <NA> <NA> A <NA> <NA>\n"
        "SPEAKER recording 1 2.000 2.000 <NA> <NA> B <NA> <NA>\n",
        "text/plain",
    ),
    _answer(
        "stream",
        'data: {"type":"transcript.text.delta","delta":"Turn on the light."}\n\n'
        'data: {"type":"transcript.text.delta","delta":" Then close the blinds."}\n\n'
        f'data: {{"type":"transcript.text.done","text":"{TEXT}"}}\n\n'
        "data: [DONE]\n\n",
        "text/event-stream",
    ),
]

TRANSCRIPTION = extend_schema(
    operation_id="transcribe",
    summary="Transcribe a recording, with speakers on request",
    description=(
        "Accepts the requests of OpenAI's clients, and Open WebUI's JSON. Formats with speakers "
        "(`diarized_json`, `rttm`, and other formats with `speakers=true`) name the known "
        "speakers by their voices and label unknown speakers A, B, and so on. The header "
        "`x-ignored-params` lists fields that have no effect."
    ),
    tags=["OpenAI"],
    request={
        "multipart/form-data": TranscriptionRequest,
        "application/json": TranscriptionRequest,
    },
    responses={
        (200, "application/json"): PolymorphicProxySerializer(
            "TranscriptionAnswer",
            [TranscriptionText, VerboseTranscription, DiarizedTranscription],
            resource_type_field_name=None,
        ),
        **TEXT_ANSWERS,
        (200, "text/event-stream"): OpenApiTypes.STR,
        ("4XX", "application/json"): Refusal,
    },
    examples=[*REQUESTS, *TRANSCRIPTIONS],
)
REALTIME = extend_schema(
    operation_id="realtime",
    summary="Transcribe while audio arrives: a WebSocket, served by `manage.py realtime`",
    description="The process `manage.py realtime` serves this path, at an address of its own or "
    "behind a proxy that sends it there: a session of OpenAI's Realtime API with "
    "`intent=transcription`. The gateway itself answers 426. See `docs/how-to/realtime.md`.",
    tags=["OpenAI"],
    parameters=[
        OpenApiParameter("intent", str, enum=["transcription"]),
        OpenApiParameter("model", str, description="A speech-to-text model of GET /v1/models."),
    ],
    request=None,
    responses={426: Refusal},
)
