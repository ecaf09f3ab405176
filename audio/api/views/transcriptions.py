"""A recording in, its words out."""

from collections.abc import Iterator
from functools import partial

from django.http import HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request
from rest_framework.views import APIView

from audio import context
from audio.api import catalogue, request_log, sse
from audio.api.authentication import VOICES_READ, client_of, require
from audio.api.errors import problem_of
from audio.api.headers import ignored_params
from audio.api.schema.transcription_pages import TRANSCRIPTION
from audio.api.serializers.transcriptions import TranscriptionRequest
from audio.api.views.text_answers import transcript_answer
from audio.formats.openai_json import Json, OpenAITranscript, stream_events
from audio.pipeline.diarization import transcribe_diarized
from audio.pipeline.known_speakers import check_references
from audio.pipeline.transcription import DEFAULT_LANGUAGE, transcribe


class Transcriptions(APIView):
    """POST /v1/audio/transcriptions: a recording in, its words out, and who said them."""

    @TRANSCRIPTION
    def post(self, request: Request) -> HttpResponseBase:
        reader = client_of(request).name
        asked = TranscriptionRequest(data=request.data, context={"reader": reader})
        asked.is_valid(raise_exception=True)
        if asked.looks_up_voices:
            require(request, VOICES_READ)
        given = asked.validated_data
        if given["stream"]:
            answer = _streamed(asked)
        else:
            answer = transcript_answer(_transcript(asked), given["response_format"])
        for header, value in ignored_params(asked.ignored()).items():
            answer[header] = value
        return answer


def _transcript(asked: TranscriptionRequest) -> OpenAITranscript:
    with asked.recordings() as given:
        check_references(given.known.references)
        if asked.diarized:
            diarized = transcribe_diarized(given.recording, asked.engine_options(), given.known)
            return OpenAITranscript(
                transcription=diarized.transcription,
                labelled=diarized.labelled,
                warnings=diarized.warnings,
            )
        analysis = transcribe(given.recording, asked.engine_options())
    language = (
        analysis.transcription.language or asked.validated_data.get("language") or DEFAULT_LANGUAGE
    )
    return OpenAITranscript(
        transcription=analysis.transcription,
        warnings=analysis.warnings,
        language=catalogue.language_name(language),
        granularities=tuple(asked.granularities),
    )


def _streamed(asked: TranscriptionRequest) -> HttpResponseBase:
    stream = sse.EventStream(partial(_events, asked), told=_last)
    return StreamingHttpResponse(stream, content_type=sse.CONTENT_TYPE, headers=sse.STREAM_HEADERS)


def _events(asked: TranscriptionRequest) -> Iterator[Json]:
    with context.replaced(calls_end_with_client=True):
        return stream_events(_transcript(asked))


def _last(failure: Exception) -> Json:
    """The event of a failure that came too late for a status."""
    problem = problem_of(failure)
    request_log.note_failure(problem.code or type(failure).__name__)
    return problem.body()
