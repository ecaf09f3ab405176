"""Requests and answers of the endpoints that correct transcripts."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from audio.api.fields import Choice, TextField
from voiceprints.api.serializers.strict_requests import PageQuery, StrictRequest
from voiceprints.corrections.block_corrections import LONGEST_TEXT
from voiceprints.corrections.block_page import BlockPage, corrected_blocks
from voiceprints.models import Block, Correction, TranscriptSpeaker
from voiceprints.models.corrections import CorrectionKind
from voiceprints.transcripts.block_words import TimedWord, machine_text, shown_words

DEFAULT_BLOCKS, MOST_BLOCKS = 200, 500
LONGEST_LABEL = 500
MOST_SPLIT = 10_000


class BlocksQuery(StrictRequest):
    """GET /api/transcripts/{id}/blocks."""

    start = serializers.IntegerField(
        default=0, min_value=0, max_value=2**31 - MOST_BLOCKS, help_text="The first block, from 0."
    )
    limit = serializers.IntegerField(
        default=DEFAULT_BLOCKS,
        min_value=1,
        max_value=MOST_BLOCKS,
        help_text="The largest number of blocks on a page.",
    )


class HistoryQuery(PageQuery):
    """GET /api/transcripts/{id}/history."""


@extend_schema_serializer(component_name="BlockChange")
class BlockChange(StrictRequest):
    """PATCH /api/transcripts/{id}/blocks/{n}: `text`, `speaker`, or both."""

    text = TextField(
        required=False,
        allow_blank=True,
        max_length=LONGEST_TEXT,
        help_text="The corrected words, on one line. Markup is stored as text.",
    )
    speaker = TextField(
        required=False, max_length=LONGEST_LABEL, help_text="The label of a speaker."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a request that corrects nothing."""
        if not attrs:
            raise serializers.ValidationError({"text": "expected text, speaker or both."})
        return attrs


@extend_schema_serializer(component_name="BlockSplit")
class BlockSplit(StrictRequest):
    """POST /api/transcripts/{id}/blocks/{n}/split."""

    word = serializers.IntegerField(
        min_value=0, help_text="The word with which the second block begins; the first is 0."
    )


@extend_schema_serializer(component_name="SpeakerMerge")
class SpeakerMerge(StrictRequest):
    """POST /api/transcripts/{id}/speakers/{label}/merge."""

    into = TextField(max_length=LONGEST_LABEL, help_text="The label of the speaker who remains.")


@extend_schema_serializer(component_name="SpeakerSplit")
class SpeakerSplit(StrictRequest):
    """POST /api/transcripts/{id}/speakers/{label}/split."""

    blocks = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=2**31 - 1),
        min_length=1,
        max_length=MOST_SPLIT,
        help_text="The places of the blocks that become those of a new speaker.",
    )


class NoFields(StrictRequest):
    """The body of a request without fields."""


@extend_schema_serializer(component_name="BlockWord")
class WordAnswer(serializers.Serializer[Any]):
    """A word of a block."""

    text = serializers.CharField()
    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField()
    estimated = serializers.BooleanField(help_text="Whether the time is spread, not measured.")
    confidence = serializers.FloatField(
        required=False,
        help_text="The engine's, from 0 to 1; absent without one and for corrected words.",
    )


@extend_schema_serializer(component_name="TranscriptBlock")
class BlockAnswer(serializers.Serializer[Any]):
    """A block of a transcript as it is now."""

    n = serializers.IntegerField(help_text="The place in the transcript, from 0.")
    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField()
    speaker = serializers.CharField(help_text="The label.")
    name = serializers.CharField()
    text = serializers.CharField()
    machine_text = serializers.CharField(help_text="The text that the engine understood.")
    words = WordAnswer(many=True)


@extend_schema_serializer(component_name="BlockSpeaker")
class BlockSpeaker(serializers.Serializer[Any]):
    """A speaker of a transcript."""

    label = serializers.CharField()  # type: ignore[assignment]
    name = serializers.CharField()
    person = serializers.UUIDField(source="person_id", allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]
    speech_s = serializers.FloatField()
    samples = serializers.JSONField(help_text="The longest blocks: `start_s` and `end_s` of each.")


@extend_schema_serializer(component_name="BlockPage")
class BlockPageAnswer(serializers.Serializer[Any]):
    """A page of blocks, and the speakers of the transcript."""

    object = serializers.CharField(default="list")
    transcript = serializers.UUIDField()
    version = serializers.IntegerField()
    total = serializers.IntegerField(help_text="The number of blocks of the transcript.")
    start = serializers.IntegerField()
    next = serializers.IntegerField(allow_null=True, help_text="`start` of the next page.")
    speakers = BlockSpeaker(many=True)
    data = BlockAnswer(many=True)  # type: ignore[assignment]


@extend_schema_serializer(component_name="CorrectionEntry")
class CorrectionEntry(serializers.Serializer[Any]):
    """A correction in the history. `number` and `at` are null where nothing was to be changed."""

    object = serializers.CharField(default="correction", read_only=True)
    transcript = serializers.UUIDField(source="transcript_id")
    number = serializers.IntegerField(allow_null=True)
    kind = Choice(CorrectionKind.values)
    at = serializers.DateTimeField(allow_null=True)
    by = serializers.CharField(source="actor")
    block = serializers.IntegerField(allow_null=True)
    speaker = serializers.CharField(help_text="The label, or empty.")
    into = serializers.CharField(help_text="The label of the other speaker, or empty.")
    person = serializers.UUIDField(source="person_id", allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)
    undone_by = serializers.CharField()
    undoable = serializers.SerializerMethodField()

    def get_undoable(self, correction: Correction) -> bool:
        """Return whether the correction can be taken back, in its turn."""
        return correction.before is not None and correction.undone_at is None


@extend_schema_serializer(component_name="Correction")
class CorrectionAnswer(CorrectionEntry):
    """A correction that was made or taken back, and its blocks for keys with `voices:read`."""

    version = serializers.IntegerField()
    blocks = BlockAnswer(many=True, required=False)


def render_block_page(page: BlockPage) -> dict[str, object]:
    """Return a page of blocks as JSON."""
    return {
        "object": "list",
        "transcript": str(page.transcript.pk),
        "version": page.transcript.version,
        "total": page.total,
        "start": page.start,
        "next": page.next,
        "speakers": [_render_speaker(one) for one in page.speakers],
        "data": _render_blocks(page.blocks, page.start),
    }


def render_correction(
    correction: Correction, version: int, *, with_blocks: bool
) -> dict[str, object]:
    """Return a correction as JSON, with the blocks as they are now."""
    blocks = {"blocks": _render_blocks(corrected_blocks(correction), correction.block or 0)}
    entry = {**CorrectionEntry(correction).data, "version": version}
    return {**entry, **(blocks if with_blocks else {})}


def _render_speaker(speaker: TranscriptSpeaker) -> dict[str, object]:
    answer = dict(BlockSpeaker(speaker).data)
    return {**answer, "speech_s": round(speaker.speech_s, 3)}


def _render_blocks(blocks: Sequence[Block], first: int) -> list[dict[str, object]]:
    return [{"n": n, **_render_block(block)} for n, block in enumerate(blocks, first)]


def _render_block(block: Block) -> dict[str, object]:
    """Return a block as JSON; without a serializer, because a page has thousands of words."""
    return {
        "start_ms": block.start_ms,
        "end_ms": block.end_ms,
        "speaker": block.speaker.label,
        "name": block.speaker.name,
        "text": block.text,
        "machine_text": machine_text(block),
        "words": [_render_word(word) for word in shown_words(block)],
    }


def _render_word(word: TimedWord) -> dict[str, object]:
    known = {} if word.confidence is None else {"confidence": word.confidence}
    return {
        "text": word.text.strip(),
        "start_ms": word.start_ms,
        "end_ms": word.end_ms,
        "estimated": word.is_estimated,
        **known,
    }
