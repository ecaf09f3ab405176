"""The native endpoints: diarization, labelled transcripts, and named transcripts."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audio.api.authentication import VOICES_READ, VOICES_WRITE, client_of, require
from audio.api.headers import with_ignored
from audio.api.rendering import transcript_response
from audio.api.schema.speaker_pages import BLOCKS_PAGE, CHUNK_PAGE, NAMED_PAGE
from audio.api.serializers.speakers import (
    DiarizeRequest,
    LabelMergeRequest,
    TranscribeWithSpeakersRequest,
)
from audio.formats.native_json import diarized_chunk_json
from audio.library import check_can_store, work_begun
from audio.pipeline.label_merge import label_merge
from audio.pipeline.transcript_storage import note_missing_words, remember
from audio.pipeline.transcription import (
    diarize_chunk,
    transcribe_with_known_speakers,
    transcribe_with_speakers,
)


class DiarizeChunk(APIView):
    """POST /api/audio/diarize-chunk: turns with local labels, and one embedding per speaker."""

    @CHUNK_PAGE
    def post(self, request: Request) -> Response:
        serializer = DiarizeRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        analysis = diarize_chunk(serializer.validated_data["file"])
        answer = diarized_chunk_json(analysis.diarization, analysis.warnings)
        return with_ignored(Response(answer), serializer.unknown())


class TranscribeWithSpeakers(APIView):
    """POST /api/audio/transcribe-with-speakers: blocks of words under anonymous labels."""

    @BLOCKS_PAGE
    def post(self, request: Request) -> HttpResponse:
        serializer = TranscribeWithSpeakersRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        given, linking = serializer.validated_data, serializer.linking()
        spelling = serializer.wanted_spelling()
        if given["identify"]:
            require(request, VOICES_READ)
            transcript = transcribe_with_known_speakers(
                given["file"],
                reader=client_of(request).name,
                linking=linking,
                spelling=spelling,
            )
        else:
            transcript = transcribe_with_speakers(
                given["file"], linking=linking, spelling=spelling
            )
        response = transcript_response(transcript, given["format"])
        return with_ignored(response, serializer.unknown())


class LabelMerge(APIView):
    """POST /api/audio/label-merge: who said what, by name."""

    @NAMED_PAGE
    def post(self, request: Request) -> HttpResponse:
        if VOICES_WRITE not in client_of(request).scopes:
            return self._merge(request)
        # Before the form is read: names may be erased from the library during a long upload.
        with work_begun(is_required=False):
            return self._merge(request)

    def _merge(self, request: Request) -> HttpResponse:
        client = client_of(request)
        serializer = LabelMergeRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        if given["store"]:
            require(request, VOICES_WRITE)
            check_can_store()
        reader = client.name if VOICES_READ in client.scopes else None
        job = serializer.job(library_reader=reader, needs_library=given["store"])
        merged = label_merge(job)
        transcript = note_missing_words(merged) if given["store"] else merged
        response = transcript_response(transcript, given["format"], given["formats"])
        if given["store"]:
            _add_transcript_id(response, remember(transcript, job, created_by=client.name))
        return with_ignored(response, serializer.unknown())


def _add_transcript_id(response: HttpResponse, transcript_id: str) -> None:
    """Return the identifier of the stored transcript; text formats carry it in a header only."""
    if isinstance(response, Response):
        response.data = {**response.data, "transcript_id": transcript_id}
    response["X-Transcript-Id"] = transcript_id
