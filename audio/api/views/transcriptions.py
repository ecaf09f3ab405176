"""The OpenAI endpoint for transcriptions."""

from collections.abc import Iterator
from functools import partial

from django.http import HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request
from rest_framework.views import APIView

from audio import context
from audio.api import request_log, sse
from audio.api.authentication import VOICES_READ, client_of, require
from audio.api.errors import problem_of
from audio.api.headers import with_ignored
from audio.api.rendering import transcript_response
from audio.api.schema import transcription_pages
from audio.api.serializers.transcriptions import TranscriptionRequest
from audio.engines.languages import language_name
from audio.formats.openai_json import Json, OpenAITranscript
from audio.formats.renderer import render_events
from audio.merge.defaults import DEFAULT_LANGUAGE
from audio.pipeline.diarization import transcribe_diarized
from audio.pipeline.known_speakers import check_references
from audio.pipeline.transcription import transcribe


class Transcriptions(APIView):
    """POST /v1/audio/transcriptions: the words of a recording, and who spoke them."""

    @transcription_pages.TRANSCRIPTION
    def post(self, request: Request) -> HttpResponseBase:
        reader = client_of(request).name
        serializer = TranscriptionRequest(data=request.data, context={"reader": reader})
        serializer.is_valid(raise_exception=True)
        if serializer.looks_up_voices:
            require(request, VOICES_READ)
        if serializer.validated_data["stream"]:
            response = _stream(serializer)
        else:
            form = serializer.validated_data["response_format"]
            response = transcript_response(_transcribe(serializer), form)
        return with_ignored(response, serializer.ignored())


def _transcribe(serializer: TranscriptionRequest) -> OpenAITranscript:
    options, spelling = serializer.engine_options(), serializer.wanted_spelling()
    with serializer.recordings() as (recording, known):
        check_references(known.references)
        if serializer.is_diarized:
            diarized = transcribe_diarized(recording, options, known, spelling)
            return OpenAITranscript(
                transcription=diarized.transcription,
                labelled=diarized.labelled,
                warnings=diarized.warnings,
            )
        analysis = transcribe(
            recording, options, needs_times=serializer.needs_times, spelling=spelling
        )
    language = analysis.transcription.language or serializer.validated_data.get("language")
    return OpenAITranscript(
        transcription=analysis.transcription,
        warnings=analysis.warnings,
        language=language_name(language or DEFAULT_LANGUAGE),
        granularities=tuple(serializer.granularities),
    )


def _stream(serializer: TranscriptionRequest) -> HttpResponseBase:
    events = sse.EventStream(partial(_events, serializer), failure_event=_failure_event)
    return StreamingHttpResponse(events, content_type=sse.CONTENT_TYPE, headers=sse.STREAM_HEADERS)


def _events(serializer: TranscriptionRequest) -> Iterator[Json]:
    with context.replaced(calls_end_with_client=True):
        form = serializer.validated_data["response_format"]
        return render_events(_transcribe(serializer), form)


def _failure_event(failure: Exception) -> Json:
    """Return the event that reports a failure after the status was sent."""
    problem = problem_of(failure)
    request_log.note_failure(problem.code or type(failure).__name__)
    return problem.body()
