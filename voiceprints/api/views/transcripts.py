"""Transcripts: what was said, and by whom?"""

from django.db.models import Prefetch
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from audio.api.authentication import VOICES_READ, require
from audio.api.views.text_answers import cue_answer
from audio.formats.text import TEXT_FORMATS
from voiceprints.api.library_errors import NotKept
from voiceprints.api.pagination import Pages, page_of
from voiceprints.api.schema.operations import LABEL, TRANSCRIPT, documented, page, told_to_readers
from voiceprints.api.serializers import speakers
from voiceprints.api.serializers.receipts import NamingReceipt, TranscriptReceipt, naming_receipt
from voiceprints.api.serializers.speakers import NameSpeaker, NamingAnswer
from voiceprints.api.serializers.strict_requests import NoQuery
from voiceprints.api.serializers.transcripts import (
    TranscriptAnswer,
    TranscriptChange,
    TranscriptEntry,
    TranscriptQuery,
    TranscriptsQuery,
    told,
)
from voiceprints.api.views.library_view import LibraryView, actor_of, id_of
from voiceprints.models import Transcript, TranscriptSpeaker, audit
from voiceprints.models.audit import Action
from voiceprints.transcripts.corrections import put_right
from voiceprints.transcripts.speaker_reassignment import foresee, recast
from voiceprints.transcripts.transcript_rendering import cues_of, warnings_of
from voiceprints.transcripts.transcript_search import transcripts_found
from voiceprints.transcripts.transcript_store import discard

SPEAKERS = Prefetch("speakers", TranscriptSpeaker.objects.defer("embedding"))


class Transcripts(LibraryView):
    """GET /api/transcripts."""

    @documented(
        "list_transcripts",
        "Search what was said: by words, person, recording and date, newest first",
        TranscriptsQuery,
        answers={200: page(TranscriptEntry, "TranscriptPage")},
    )
    def get(self, request: Request) -> Response:
        found = transcripts_found(TranscriptsQuery.of_query(request).search())
        pages = Pages("-created_at", "id")
        speaking = found.defer("result").prefetch_related(SPEAKERS)
        entries = TranscriptEntry(page_of(pages, speaking, request), many=True)
        return pages.get_paginated_response(entries.data)


class OneTranscript(LibraryView):
    """GET, PATCH and DELETE /api/transcripts/{id}."""

    @documented(
        "get_transcript",
        "What was said, under the names of now",
        TRANSCRIPT,
        TranscriptQuery,
        answers={
            (200, "application/json"): TranscriptAnswer,
            (200, "text/plain"): OpenApiTypes.STR,
            (200, "text/vtt"): OpenApiTypes.STR,
        },
        refusals=(404,),
    )
    def get(self, request: Request, transcript: str) -> HttpResponse:
        asked = TranscriptQuery.of_query(request)
        found, name = _found(transcript), asked.validated_data["format"]
        action = Action.VECTOR_READ if asked.wants_vectors else Action.TRANSCRIPT_READ
        audit.record(actor_of(request), action, transcript=found.id)
        if name in TEXT_FORMATS:
            return cue_answer(name, cues_of(found), warnings_of(found))
        return Response(told(found, with_vectors=asked.wants_vectors))

    @documented(
        "change_transcript",
        "Change a recording's name and date, and how long the transcript stays",
        TRANSCRIPT,
        request=TranscriptChange,
        answers={200: told_to_readers(TranscriptEntry, TranscriptReceipt)},
        refusals=(404,),
    )
    def patch(self, request: Request, transcript: str) -> Response:
        NoQuery.of_query(request)
        corrections = TranscriptChange.read(request.data).validated_data
        which = id_of("transcript", transcript)
        changed = put_right(which, corrections, actor=actor_of(request))
        if changed is None:
            raise NotKept("transcript")
        answer = TranscriptEntry if self.may_read else TranscriptReceipt
        return Response(answer(changed).data)

    @documented(
        "delete_transcript",
        "Delete a transcript with all that was said",
        TRANSCRIPT,
        answers={204: None},
        refusals=(404,),
    )
    def delete(self, request: Request, transcript: str) -> Response:
        NoQuery.of_query(request)
        if not discard(id_of("transcript", transcript), actor=actor_of(request)):
            raise NotKept("transcript")
        return Response(status=204)


class OneSpeaker(LibraryView):
    """PATCH /api/transcripts/{id}/speakers/{label}."""

    @documented(
        "name_speaker",
        "Say who a speaker is, learn the voice, and name it in other transcripts",
        TRANSCRIPT,
        LABEL,
        request=NameSpeaker,
        answers={200: told_to_readers(NamingAnswer, NamingReceipt)},
        refusals=(404, 409, 422),
    )
    def patch(self, request: Request, transcript: str, label: str) -> Response:
        asked = NameSpeaker.of_body(request)
        if asked.tells_of_others:
            require(request, VOICES_READ)
        wanted = asked.recasting(_found(transcript).id, label)
        dry_run = asked.validated_data["dry_run"]
        done = (foresee if dry_run else recast)(wanted, actor=actor_of(request))
        if not self.may_read:
            return Response(naming_receipt(wanted, done, dry_run=dry_run))
        return Response(speakers.told(done, dry_run=dry_run))


def _found(given: str) -> Transcript:
    found = Transcript.objects.filter(pk=id_of("transcript", given)).first()
    if found is None:
        raise NotKept("transcript")
    return found
