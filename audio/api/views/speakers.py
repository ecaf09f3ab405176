"""The native endpoints: who said what."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audio.api.authentication import VOICES_READ, VOICES_WRITE, client_of, require
from audio.api.schema.speaker_pages import BLOCKS_PAGE, CHUNK_PAGE, NAMED_PAGE
from audio.api.serializers.speakers import (
    DiarizeRequest,
    LabelMergeRequest,
    TranscribeWithSpeakersRequest,
)
from audio.api.views.text_answers import transcript_answer
from audio.formats.native_json import diarized_chunk_json
from audio.pipeline.label_merge import label_merge, remember
from audio.pipeline.transcription import (
    diarize_chunk,
    transcribe_with_known_speakers,
    transcribe_with_speakers,
)


class DiarizeChunk(APIView):
    """POST /api/audio/diarize-chunk: turns with local labels, and one fingerprint per speaker."""

    @CHUNK_PAGE
    def post(self, request: Request) -> Response:
        asked = DiarizeRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        chunk = diarize_chunk(asked.validated_data["file"])
        return Response(diarized_chunk_json(chunk))


class TranscribeWithSpeakers(APIView):
    """POST /api/audio/transcribe-with-speakers: blocks of words under anonymous labels."""

    @BLOCKS_PAGE
    def post(self, request: Request) -> HttpResponse:
        asked = TranscribeWithSpeakersRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        recording = asked.validated_data["file"]
        if asked.validated_data["identify"]:
            require(request, VOICES_READ)
            reader = client_of(request).name
            transcript = transcribe_with_known_speakers(
                recording, reader=reader, linking=asked.linking()
            )
        else:
            transcript = transcribe_with_speakers(recording, linking=asked.linking())
        return transcript_answer(transcript, asked.validated_data["format"])


class LabelMerge(APIView):
    """POST /api/audio/label-merge: who said what, by name."""

    @NAMED_PAGE
    def post(self, request: Request) -> HttpResponse:
        client = client_of(request)
        asked = LabelMergeRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        if given["store"]:
            require(request, VOICES_WRITE)
        job = asked.job(library_reader=client.name if VOICES_READ in client.scopes else None)
        transcript = label_merge(job)
        answer = transcript_answer(transcript, given["format"])
        if given["store"]:
            return _kept(answer, remember(transcript, job, created_by=client.name))
        return answer


def _kept(answer: HttpResponse, transcript_id: str) -> HttpResponse:
    """Say where to find it again: text formats have no other place for that than a header."""
    if isinstance(answer, Response):
        answer.data = {**answer.data, "transcript_id": transcript_id}
    answer["X-Transcript-Id"] = transcript_id
    return answer
