"""The routes of LocalAI and speaches for speakers, over the gateway's own turns and voices."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audio.api.authentication import VOICES_READ, client_of
from audio.api.headers import with_ignored
from audio.api.schema import foreign_pages
from audio.api.serializers.foreign_routes import (
    DiarizationRequest,
    SpeechEmbeddingRequest,
    SpeechTimestampsRequest,
)
from audio.formats.foreign_json import (
    diarization_json,
    diarization_rttm,
    embedding_json,
    speech_json,
    verbose_diarization_json,
)
from audio.library import NoLibrary, library
from audio.merge.speech_spans import speech_spans
from audio.merge.values import LabelledTranscript
from audio.pipeline.known_speakers import voice_of
from audio.pipeline.transcription import diarize_chunk, find_speakers, find_turns

_JSON = {"json": diarization_json, "verbose_json": verbose_diarization_json}


class Diarization(APIView):
    """POST /v1/audio/diarization: who talks when; by name for keys that may read voices."""

    @foreign_pages.DIARIZATION
    def post(self, request: Request) -> HttpResponse:
        serializer = DiarizationRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        found = find_speakers(
            given["file"],
            with_text=serializer.with_text,
            linking=serializer.linking(),
            reader=_reader(request),
        )
        response = _diarization_response(found, given["response_format"])
        return with_ignored(response, serializer.ignored())


class SpeechEmbedding(APIView):
    """POST /v1/audio/speech/embedding: the embedding of the voice that talks longest."""

    @foreign_pages.EMBEDDING
    def post(self, request: Request) -> Response:
        serializer = SpeechEmbeddingRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        recording = serializer.validated_data["file"]
        diarization = diarize_chunk(recording).diarization
        model = diarization.models.get("embedding", "")
        voice = voice_of(recording, diarization)
        answer = embedding_json(voice, model, diarization.duration or 0.0)
        return with_ignored(Response(answer), serializer.ignored())


class SpeechTimestamps(APIView):
    """POST /v1/audio/speech/timestamps: when there is speech."""

    @foreign_pages.TIMESTAMPS
    def post(self, request: Request) -> Response:
        serializer = SpeechTimestampsRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        turns, duration_s = find_turns(serializer.validated_data["file"])
        spans = speech_spans(turns, duration_s, rule=serializer.rule())
        return with_ignored(Response(speech_json(spans)), serializer.ignored())


def _reader(request: Request) -> str | None:
    """Return the name of a key that may read the voices of a library; None without one."""
    client = client_of(request)
    may_read = VOICES_READ in client.scopes and not isinstance(library(), NoLibrary)
    return client.name if may_read else None


def _diarization_response(found: LabelledTranscript, form: str) -> HttpResponse:
    if form == "rttm":
        return HttpResponse(diarization_rttm(found), content_type="text/plain; charset=utf-8")
    return Response(_JSON[form](found))
