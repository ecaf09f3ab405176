"""The endpoints that correct transcripts, and take corrections back."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from voiceprints.api.admin_session import SESSION_OR_KEY
from voiceprints.api.etags import etag_of, require_match
from voiceprints.api.library_errors import ResourceNotFound
from voiceprints.api.pagination import CursorPages, paginate
from voiceprints.api.schema.operations import (
    BLOCK,
    IF_MATCH,
    LABEL,
    TRANSCRIPT,
    document,
    page_schema,
)
from voiceprints.api.serializers.corrections import (
    BlockChange,
    BlockPageAnswer,
    BlockSplit,
    BlocksQuery,
    CorrectionAnswer,
    CorrectionEntry,
    HistoryQuery,
    NoFields,
    SpeakerMerge,
    SpeakerSplit,
    render_block_page,
    render_correction,
)
from voiceprints.api.serializers.strict_requests import NoQuery
from voiceprints.api.views.library_view import LibraryView, actor_of, parse_id
from voiceprints.corrections.block_corrections import (
    change_block,
    join_blocks,
    split_block,
)
from voiceprints.corrections.block_page import read_block_page
from voiceprints.corrections.locked_rows import BlockReference
from voiceprints.corrections.speaker_corrections import merge_speakers, split_speaker
from voiceprints.corrections.undo import undo_correction
from voiceprints.matching.speaker_lookup import SpeakerReference
from voiceprints.models import Correction, Transcript, audit
from voiceprints.models.audit import Action
from voiceprints.models.corrections import CorrectionKind

TAG = "Corrections"


class CorrectionView(LibraryView):
    """Answers with what was corrected, and the version of the transcript."""

    authentication_classes = SESSION_OR_KEY

    def corrected(self, transcript_id: UUID, correction: Correction) -> Response:
        """Return the answer to a correction."""
        version = Transcript.objects.values_list("version", flat=True).get(pk=transcript_id)
        body = render_correction(correction, version, with_blocks=self.may_read)
        return Response(body, headers={"ETag": etag_of(version)})


class Blocks(LibraryView):
    """GET /api/transcripts/{id}/blocks."""

    authentication_classes = SESSION_OR_KEY

    @document(
        "list_blocks",
        "Get a page of a transcript's blocks, as they are corrected and as the engine had them",
        TRANSCRIPT,
        BlocksQuery,
        answers={200: BlockPageAnswer},
        refusals=(404,),
        tag=TAG,
    )
    def get(self, request: Request, transcript: str) -> Response:
        query = BlocksQuery.from_query(request).validated_data
        found = find_transcript(transcript)
        page = read_block_page(found, query["start"], query["limit"])
        audit.record(actor_of(request), Action.TRANSCRIPT_READ, transcript=found.pk)
        return Response(render_block_page(page), headers={"ETag": etag_of(found.version)})


class OneBlock(CorrectionView):
    """PATCH /api/transcripts/{id}/blocks/{n}."""

    @document(
        "correct_block",
        "Correct the text of a block, or give the block to another speaker",
        TRANSCRIPT,
        BLOCK,
        IF_MATCH,
        request=BlockChange,
        answers={200: CorrectionAnswer},
        refusals=(404, 412),
        tag=TAG,
    )
    def patch(self, request: Request, transcript: str, n: str) -> Response:
        NoQuery.from_query(request)
        change = BlockChange.from_data(request.data).validated_data
        block = block_reference(transcript, n)
        made = change_block(block, **change, check=check_of(request), actor=actor_of(request))
        return self.corrected(block.transcript_id, made or _unchanged(block, request))


class SplitBlock(CorrectionView):
    """POST /api/transcripts/{id}/blocks/{n}/split."""

    @document(
        "split_block",
        "Split a block at a word",
        TRANSCRIPT,
        BLOCK,
        IF_MATCH,
        request=BlockSplit,
        answers={200: CorrectionAnswer},
        refusals=(404, 412),
        tag=TAG,
    )
    def post(self, request: Request, transcript: str, n: str) -> Response:
        NoQuery.from_query(request)
        word = BlockSplit.from_data(request.data).validated_data["word"]
        block = block_reference(transcript, n)
        made = split_block(block, word, check=check_of(request), actor=actor_of(request))
        return self.corrected(block.transcript_id, made)


class JoinBlock(CorrectionView):
    """POST /api/transcripts/{id}/blocks/{n}/join."""

    @document(
        "join_blocks",
        "Join a block with the next one",
        TRANSCRIPT,
        BLOCK,
        IF_MATCH,
        answers={200: CorrectionAnswer},
        refusals=(404, 412),
        tag=TAG,
    )
    def post(self, request: Request, transcript: str, n: str) -> Response:
        NoQuery.from_query(request)
        NoFields.from_data(request.data)
        block = block_reference(transcript, n)
        made = join_blocks(block, check=check_of(request), actor=actor_of(request))
        return self.corrected(block.transcript_id, made)


class MergeSpeakers(CorrectionView):
    """POST /api/transcripts/{id}/speakers/{label}/merge."""

    @document(
        "merge_speakers",
        "Merge a speaker into another one of the transcript",
        TRANSCRIPT,
        LABEL,
        IF_MATCH,
        request=SpeakerMerge,
        answers={200: CorrectionAnswer},
        refusals=(404, 409, 412),
        tag=TAG,
    )
    def post(self, request: Request, transcript: str, label: str) -> Response:
        NoQuery.from_query(request)
        into = SpeakerMerge.from_data(request.data).validated_data["into"]
        speaker = SpeakerReference(parse_id("transcript", transcript), label)
        made = merge_speakers(speaker, into, check=check_of(request), actor=actor_of(request))
        return self.corrected(speaker.transcript_id, made)


class SplitSpeaker(CorrectionView):
    """POST /api/transcripts/{id}/speakers/{label}/split."""

    @document(
        "split_speaker",
        "Give some blocks of a speaker to a new speaker without a name",
        TRANSCRIPT,
        LABEL,
        IF_MATCH,
        request=SpeakerSplit,
        answers={200: CorrectionAnswer},
        refusals=(404, 412),
        tag=TAG,
    )
    def post(self, request: Request, transcript: str, label: str) -> Response:
        NoQuery.from_query(request)
        blocks = SpeakerSplit.from_data(request.data).validated_data["blocks"]
        speaker = SpeakerReference(parse_id("transcript", transcript), label)
        made = split_speaker(speaker, blocks, check=check_of(request), actor=actor_of(request))
        return self.corrected(speaker.transcript_id, made)


class History(LibraryView):
    """GET /api/transcripts/{id}/history."""

    authentication_classes = SESSION_OR_KEY

    @document(
        "list_corrections",
        "List the corrections of a transcript, newest first",
        TRANSCRIPT,
        HistoryQuery,
        answers={200: page_schema(CorrectionEntry, "CorrectionPage")},
        refusals=(404,),
        tag=TAG,
    )
    def get(self, request: Request, transcript: str) -> Response:
        HistoryQuery.from_query(request)
        found, pages = find_transcript(transcript), CursorPages("-number")
        rows = paginate(pages, found.corrections.all(), request)
        answer = pages.get_paginated_response(CorrectionEntry(rows, many=True).data)
        answer["ETag"] = etag_of(found.version)
        return answer


class Undo(CorrectionView):
    """POST /api/transcripts/{id}/undo."""

    @document(
        "undo_correction",
        "Take back the newest correction",
        TRANSCRIPT,
        IF_MATCH,
        answers={200: CorrectionAnswer},
        refusals=(404, 409, 412),
        tag=TAG,
    )
    def post(self, request: Request, transcript: str) -> Response:
        NoQuery.from_query(request)
        NoFields.from_data(request.data)
        identifier = parse_id("transcript", transcript)
        undone = undo_correction(identifier, check=check_of(request), actor=actor_of(request))
        return self.corrected(identifier, undone)


def find_transcript(text: str) -> Transcript:
    """Return a transcript without its result, which may be large."""
    identifier = parse_id("transcript", text)
    found = Transcript.objects.defer("result").filter(pk=identifier).first()
    if found is None:
        raise ResourceNotFound("transcript")
    return found


def check_of(request: Request) -> Callable[[Transcript], None]:
    """Return the check of a request's If-Match."""
    return partial(require_match, request)


def block_reference(transcript: str, n: str) -> BlockReference:
    """Return the block of a URL; a place that is no number is not found."""
    identifier = parse_id("transcript", transcript)
    if not (n.isascii() and n.isdigit() and len(n) < 10):
        raise ResourceNotFound("block")
    return BlockReference(identifier, int(n))


def _unchanged(block: BlockReference, request: Request) -> Correction:
    """Return what is answered where the block is as requested already."""
    none = Correction(
        transcript_id=block.transcript_id,
        kind=CorrectionKind.BLOCK,
        block=block.place,
        actor=actor_of(request),
    )
    # Else it is an expression, which the database would compute.
    none.at = None  # type: ignore[assignment]
    return none
