"""A recording in, its words out."""

from collections.abc import Iterator
from functools import partial

from django.http import HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audio import context
from audio.api import catalogue, request_log, sse
from audio.api.authentication import VOICES_READ, client_of, require
from audio.api.errors import problem_of
from audio.api.headers import ignored_params
from audio.api.schema.transcription_pages import TRANSCRIPTION
from audio.api.serializers.transcriptions import TranscriptionRequest
from audio.api.views.text_answers import cue_answer, text_answer
from audio.formats import openai_json
from audio.formats.cues import block_cues, cues, spoken_cues
from audio.formats.warning_lines import warnings_json
from audio.merge.values import Transcription
from audio.pipeline.analysis import Heard
from audio.pipeline.diarization import Diarized, transcribe_diarized
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
        answer = _streamed(asked) if asked.validated_data["stream"] else _rendered(asked)
        for header, value in ignored_params(asked.ignored()).items():
            answer[header] = value
        return answer


def _heard(asked: TranscriptionRequest) -> Heard:
    with asked.recordings() as given:
        check_references(given.known.references)
        return transcribe(given.recording, asked.engine_options())


def _diarized(asked: TranscriptionRequest) -> Diarized:
    with asked.recordings() as given:
        check_references(given.known.references)
        return transcribe_diarized(given.recording, asked.engine_options(), given.known)


def _streamed(asked: TranscriptionRequest) -> HttpResponseBase:
    stream = sse.EventStream(partial(_events, asked), told=_last)
    return StreamingHttpResponse(stream, content_type=sse.CONTENT_TYPE, headers=sse.STREAM_HEADERS)


def _events(asked: TranscriptionRequest) -> Iterator[openai_json.Json]:
    with context.replaced(calls_end_with_client=True):
        if asked.diarized:
            answer = _diarized(asked)
            return openai_json.diarized_events(answer.spoken, answer.warnings)
        heard = _heard(asked)
        return openai_json.transcript_events(heard.said, heard.warnings)


def _last(failure: Exception) -> openai_json.Json:
    """The event of a failure that came too late for a status."""
    problem = problem_of(failure)
    request_log.note_failure(problem.code or type(failure).__name__)
    return problem.body()


def _rendered(asked: TranscriptionRequest) -> HttpResponseBase:
    wanted = asked.validated_data["response_format"]
    if asked.diarized:
        return _with_speakers(_diarized(asked), wanted)
    heard = _heard(asked)
    said = heard.said
    match wanted:
        case "text":
            return text_answer(f"{said.text}\n", "text/plain; charset=utf-8", heard.warnings)
        case "srt" | "vtt":
            return cue_answer(wanted, cues(said), heard.warnings)
        case "verbose_json":
            return Response(_verbose(said, asked) | warnings_json(heard.warnings))
    return Response(openai_json.plain_json(said) | warnings_json(heard.warnings))


def _with_speakers(answer: Diarized, wanted: str) -> HttpResponseBase:
    match wanted:
        case "srt" | "vtt":
            return cue_answer(wanted, spoken_cues(answer.spoken), answer.warnings)
        case "rttm":
            return cue_answer(wanted, block_cues(answer.spoken), answer.warnings)
        case "text":
            return cue_answer("txt", block_cues(answer.spoken), answer.warnings)
    body = openai_json.diarized_json(answer.said, answer.spoken)
    return Response(body | warnings_json(answer.warnings))


def _verbose(said: Transcription, asked: TranscriptionRequest) -> openai_json.Json:
    language = said.language or asked.validated_data.get("language") or DEFAULT_LANGUAGE
    return openai_json.verbose_json(
        said,
        language=catalogue.language_name(language),
        words="word" in asked.granularities,
        segments="segment" in asked.granularities,
    )
