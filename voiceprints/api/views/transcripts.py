"""The endpoints for stored transcripts and their speakers."""

from django.db.models import Prefetch
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from audio.api.authentication import VOICES_READ, require
from audio.api.rendering import transcript_response
from audio.api.schema.text_answers import TEXT_ANSWERS
from audio.formats.stored_transcript import StoredTranscript
from voiceprints.api.admin_session import SESSION_OR_KEY
from voiceprints.api.etags import etag_of
from voiceprints.api.library_errors import ResourceNotFound
from voiceprints.api.pagination import CursorPages, paginate
from voiceprints.api.schema.operations import (
    LABEL,
    TRANSCRIPT,
    answer_or_receipt,
    document,
    page_schema,
)
from voiceprints.api.serializers.receipts import (
    NamingReceipt,
    TranscriptReceipt,
    render_naming_receipt,
)
from voiceprints.api.serializers.speakers import NameSpeaker, NamingAnswer, render_naming
from voiceprints.api.serializers.strict_requests import NoQuery
from voiceprints.api.serializers.transcripts import (
    TranscriptAnswer,
    TranscriptChange,
    TranscriptEntry,
    TranscriptQuery,
    TranscriptsQuery,
    render_transcript,
)
from voiceprints.api.views.library_view import LibraryView, actor_of, parse_id
from voiceprints.models import Transcript, TranscriptSpeaker, audit
from voiceprints.models.audit import Action
from voiceprints.transcripts.speaker_reassignment import preview_reassignment, reassign_speaker
from voiceprints.transcripts.transcript_rendering import stored_cues
from voiceprints.transcripts.transcript_search import search_transcripts
from voiceprints.transcripts.transcript_store import delete_transcript, edit_transcript

SPEAKERS = Prefetch("speakers", TranscriptSpeaker.objects.defer("embedding"))


class Transcripts(LibraryView):
    """GET /api/transcripts."""

    @document(
        "list_transcripts",
        "Search transcripts by words, person, recording and date, newest first",
        TranscriptsQuery,
        answers={200: page_schema(TranscriptEntry, "TranscriptPage")},
    )
    def get(self, request: Request) -> Response:
        found = search_transcripts(TranscriptsQuery.from_query(request).search())
        pages = CursorPages("-created_at", "id")
        rows = found.defer("result").prefetch_related(SPEAKERS)
        entries = TranscriptEntry(paginate(pages, rows, request), many=True)
        return pages.get_paginated_response(entries.data)


class OneTranscript(LibraryView):
    """GET, PATCH and DELETE /api/transcripts/{id}."""

    authentication_classes = SESSION_OR_KEY

    @document(
        "get_transcript",
        "Get a transcript with the speakers' current names",
        TRANSCRIPT,
        TranscriptQuery,
        answers={
            (200, "application/json"): TranscriptAnswer,
            **TEXT_ANSWERS,
        },
        refusals=(404,),
    )
    def get(self, request: Request, transcript: str) -> HttpResponse:
        query = TranscriptQuery.from_query(request)
        found, name = _find_transcript(transcript), query.validated_data["format"]
        action = Action.VECTOR_READ if query.wants_vectors else Action.TRANSCRIPT_READ
        audit.record(actor_of(request), action, transcript=found.id)
        answer = render_transcript(found, with_vectors=query.wants_vectors)
        cues = () if name == "json" else tuple(stored_cues(found))
        response = transcript_response(StoredTranscript(answer, cues), name)
        response["ETag"] = etag_of(found.version)
        return response

    @document(
        "change_transcript",
        "Change a recording's name and date, and how long the transcript is stored",
        TRANSCRIPT,
        request=TranscriptChange,
        answers={200: answer_or_receipt(TranscriptEntry, TranscriptReceipt)},
        refusals=(404,),
    )
    def patch(self, request: Request, transcript: str) -> Response:
        NoQuery.from_query(request)
        corrections = TranscriptChange.from_data(request.data).validated_data
        transcript_id = parse_id("transcript", transcript)
        changed = edit_transcript(transcript_id, corrections, actor=actor_of(request))
        if changed is None:
            raise ResourceNotFound("transcript")
        answer = TranscriptEntry if self.may_read else TranscriptReceipt
        return Response(answer(changed).data)

    @document(
        "delete_transcript",
        "Delete a transcript and its text",
        TRANSCRIPT,
        answers={204: None},
        refusals=(404,),
    )
    def delete(self, request: Request, transcript: str) -> Response:
        NoQuery.from_query(request)
        if not delete_transcript(parse_id("transcript", transcript), actor=actor_of(request)):
            raise ResourceNotFound("transcript")
        return Response(status=204)


class OneSpeaker(LibraryView):
    """PATCH /api/transcripts/{id}/speakers/{label}."""

    @document(
        "name_speaker",
        "Name a speaker; optionally enrol the voice and name it in other transcripts",
        TRANSCRIPT,
        LABEL,
        request=NameSpeaker,
        answers={200: answer_or_receipt(NamingAnswer, NamingReceipt)},
        refusals=(404, 409, 422),
    )
    def patch(self, request: Request, transcript: str, label: str) -> Response:
        naming = NameSpeaker.from_body(request)
        if naming.reveals_library:
            require(request, VOICES_READ)
        reassignment = naming.reassignment(_find_transcript(transcript).id, label)
        dry_run = naming.validated_data["dry_run"]
        reassign = preview_reassignment if dry_run else reassign_speaker
        done = reassign(reassignment, actor=actor_of(request))
        if not self.may_read:
            return Response(render_naming_receipt(reassignment, done, dry_run=dry_run))
        return Response(render_naming(done, dry_run=dry_run))


def _find_transcript(text: str) -> Transcript:
    found = Transcript.objects.filter(pk=parse_id("transcript", text)).first()
    if found is None:
        raise ResourceNotFound("transcript")
    return found
