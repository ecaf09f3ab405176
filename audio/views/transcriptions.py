"""A recording in, its words out."""

from collections.abc import Iterator
from functools import partial

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audio import catalogue, sse
from audio.authentication import VOICES_READ, client_of, require
from audio.errors import problem_of
from audio.formats import openai
from audio.formats.cues import Cue, block_cues, cues, spoken_cues
from audio.formats.text import TEXT_FORMATS
from audio.ignored import ignored_params
from audio.merge.timeline import Transcription
from audio.pipeline.diarized import Diarized, transcribe_diarized
from audio.pipeline.known_speakers import check_references
from audio.pipeline.transcription import DEFAULT_LANGUAGE, transcribe
from audio.reference import pages
from audio.serializers.transcriptions import TranscriptionRequest


class Transcriptions(APIView):
    """POST /v1/audio/transcriptions: a recording in, its words out, and who said them."""

    @pages.TRANSCRIPTION
    def post(self, request: Request) -> HttpResponseBase:
        reader = client_of(request).name
        asked = TranscriptionRequest(data=request.data, context={"reader": reader})
        asked.is_valid(raise_exception=True)
        if asked.looks_up_voices:
            require(request, VOICES_READ)
        check_references(asked.known_speakers().references)
        answer = _streamed(asked) if asked.validated_data["stream"] else _rendered(asked)
        for header, value in ignored_params(asked.ignored()).items():
            answer[header] = value
        return answer


def _said(asked: TranscriptionRequest) -> Transcription:
    return transcribe(asked.recording, asked.engine_options())


def _diarized(asked: TranscriptionRequest) -> Diarized:
    return transcribe_diarized(asked.recording, asked.engine_options(), asked.known_speakers())


def _streamed(asked: TranscriptionRequest) -> HttpResponseBase:
    stream = sse.EventStream(
        partial(_events, asked), told=lambda failure: problem_of(failure).body()
    )
    return StreamingHttpResponse(stream, content_type=sse.CONTENT_TYPE, headers=sse.STREAM_HEADERS)


def _events(asked: TranscriptionRequest) -> Iterator[openai.Json]:
    if asked.diarized:
        return openai.diarized_events(_diarized(asked).spoken)
    return openai.transcript_events(_said(asked))


def _rendered(asked: TranscriptionRequest) -> HttpResponseBase:
    wanted = asked.validated_data["response_format"]
    if asked.diarized:
        return _with_speakers(_diarized(asked), wanted)
    said = _said(asked)
    match wanted:
        case "text":
            return HttpResponse(f"{said.text}\n", content_type="text/plain; charset=utf-8")
        case "srt" | "vtt":
            return _text(wanted, cues(said))
        case "verbose_json":
            return Response(_verbose(said, asked))
    return Response(openai.plain_json(said))


def _with_speakers(answer: Diarized, wanted: str) -> HttpResponseBase:
    match wanted:
        case "srt" | "vtt":
            return _text(wanted, spoken_cues(answer.spoken))
        case "rttm":
            return _text(wanted, block_cues(answer.spoken))
        case "text":
            return _text("txt", block_cues(answer.spoken))
    return Response(openai.diarized_json(answer.said, answer.spoken))


def _text(name: str, shown: list[Cue]) -> HttpResponse:
    render, content_type = TEXT_FORMATS[name]
    return HttpResponse(render(shown), content_type=content_type)


def _verbose(said: Transcription, asked: TranscriptionRequest) -> openai.Json:
    language = said.language or asked.validated_data.get("language") or DEFAULT_LANGUAGE
    return openai.verbose_json(
        said,
        language=catalogue.language_name(language),
        words="word" in asked.granularities,
        segments="segment" in asked.granularities,
    )
