"""The route of whisper-asr-webservice, which subtitle programs and WhisperX's clients use."""

from contextlib import nullcontext
from typing import Any

from django.http import HttpResponse
from django.utils.datastructures import MultiValueDict
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audio.api.headers import with_ignored
from audio.api.schema import foreign_pages
from audio.api.serializers.foreign_routes import ASRRequest
from audio.formats.asr_webservice import (
    ASR_TEXTS,
    ASRTranscript,
    asr_json,
    asr_transcript,
    diarized_asr_transcript,
)
from audio.media.encoding import wrapped_pcm
from audio.media.recording import Recording
from audio.pipeline.transcription import transcribe, transcribe_speakers, translate


class ASR(APIView):
    """POST /asr: the words of a recording, with anonymous speakers on request."""

    @foreign_pages.ASR
    def post(self, request: Request) -> HttpResponse:
        serializer = ASRRequest(data=_fields(request))
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        sent = given["audio_file"]
        with nullcontext(sent) if given["encode"] else wrapped_pcm(sent) as recording:
            transcript = _transcribe(serializer, recording)
        response = _response(transcript, given["output"])
        return with_ignored(response, serializer.ignored())


def _fields(request: Request) -> dict[str, Any]:
    """Return the fields of the query and of the form, which has precedence."""
    form, query = request.data, request.query_params.dict()
    if not isinstance(form, MultiValueDict):
        return query
    files = form.getlist("audio_file")
    # A serializer sees several files only as a list.
    return {**query, **form.dict(), **({"audio_file": files} if len(files) > 1 else {})}


def _transcribe(serializer: ASRRequest, recording: Recording) -> ASRTranscript:
    given, options = serializer.validated_data, serializer.engine_options()
    has_words = given["word_timestamps"]
    if not serializer.is_diarized:
        ask = translate if serializer.is_translation else transcribe
        analysis = ask(recording, options, needs_times=True)
        return asr_transcript(
            analysis.transcription, has_words=has_words, warnings=analysis.warnings
        )
    with_embeddings = given["return_speaker_embeddings"]
    analysis, labelled = transcribe_speakers(
        recording, options, linking=serializer.linking(), embeddings=with_embeddings
    )
    embeddings = analysis.diarization.embeddings if with_embeddings else None
    return diarized_asr_transcript(
        analysis.transcription, labelled, embeddings, has_words=has_words
    )


def _response(transcript: ASRTranscript, output: str) -> HttpResponse:
    if output == "json":
        return Response(asr_json(transcript))
    text = ASR_TEXTS[output](transcript)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
