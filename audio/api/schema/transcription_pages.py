"""One page per endpoint."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema

from audio.api.schema import transcription_answers, transcription_examples
from audio.api.serializers.transcriptions import TranscriptionRequest

TRANSCRIPTION = extend_schema(
    operation_id="transcribe",
    summary="A recording in, its words out, and who said them",
    description=(
        "Takes what OpenAI's clients send, and Open WebUI's JSON. Formats with speakers "
        "(`diarized_json`, `rttm`, and others with `speakers=true`) name the known speakers by "
        "their voices; strangers are A, B, and so on. Fields without effect are listed in the "
        "header `x-ignored-params`."
    ),
    tags=["OpenAI"],
    request={
        "multipart/form-data": TranscriptionRequest,
        "application/json": TranscriptionRequest,
    },
    responses={
        (200, "application/json"): PolymorphicProxySerializer(
            "TranscriptionAnswer",
            [
                transcription_answers.TranscriptionText,
                transcription_answers.VerboseTranscription,
                transcription_answers.DiarizedTranscription,
            ],
            resource_type_field_name=None,
        ),
        (200, "text/plain"): OpenApiTypes.STR,
        (200, "text/vtt"): OpenApiTypes.STR,
        (200, "text/event-stream"): OpenApiTypes.STR,
        ("4XX", "application/json"): transcription_answers.Refusal,
    },
    examples=[*transcription_examples.REQUESTS, *transcription_examples.TRANSCRIPTIONS],
)
