"""The rows of a transcript that is being corrected, under its lock."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet, Sum

from voiceprints.corrections.correction_errors import (
    BlockNotFound,
    TranscriptChanged,
    TranscriptNotFound,
)
from voiceprints.models import Block, Transcript, TranscriptSpeaker
from voiceprints.storage.locks import lock_existing_people, lock_transcripts
from voiceprints.transcripts.block_words import lowest_confidence
from voiceprints.transcripts.transcript_store import SAMPLE_BLOCKS

# Called with the locked transcript, before anything changes; it may refuse the correction.
Check = Callable[[Transcript], None]


@dataclass(frozen=True, slots=True)
class BlockReference:
    """A block of a stored transcript, by its place from 0."""

    transcript_id: UUID
    place: int


def lock_transcript(transcript_id: UUID, check: Check) -> Transcript:
    """Lock a transcript until the end of the transaction.

    Raises
    ------
    TranscriptNotFound
        Or what `check` raises.
    """
    for transcript in lock_transcripts([transcript_id]):
        check(transcript)
        return transcript
    raise TranscriptNotFound


def lock_with_people(
    transcript_id: UUID, check: Check, find_people: Callable[[], Iterable[UUID]]
) -> Transcript:
    """Lock the people whom a correction links to speakers, then the transcript.

    Raises
    ------
    TranscriptNotFound
    TranscriptChanged
        When these are other people once the transcript is locked.
    """
    people = set(find_people())
    lock_existing_people(people)
    transcript = lock_transcript(transcript_id, check)
    if not set(find_people()) <= people:
        raise TranscriptChanged
    return transcript


def find_block(block: BlockReference) -> Block:
    """Return the block at a place of the transcript.

    Raises
    ------
    BlockNotFound
    """
    for found in read_blocks(block.transcript_id, block.place, 1):
        return found
    raise BlockNotFound


def read_blocks(transcript_id: UUID, place: int, count: int) -> list[Block]:
    """Return blocks of a transcript in order, from a place on, with their speakers.

    The place is counted over keys alone: the rows before it are not read.
    """
    keys = Block.objects.filter(transcript=transcript_id).order_by("position")
    wanted = list(keys.values_list("pk", flat=True)[place : place + count])
    return list(with_speakers(Block.objects.filter(pk__in=wanted)))


def with_speakers(blocks: QuerySet[Block]) -> QuerySet[Block]:
    """Order blocks, and read their speakers with them."""
    plain = blocks.select_related("speaker").defer("search", "speaker__embedding")
    return plain.order_by("position")


def namesakes(speaker: TranscriptSpeaker) -> list[TranscriptSpeaker]:
    """Return the speakers of the transcript who have the name of this one, the first first."""
    same = TranscriptSpeaker.objects.filter(transcript=speaker.transcript_id, name=speaker.name)
    return list(same.select_related("person").order_by("pk"))


def save_block(block: Block, *fields: str) -> None:
    """Save fields of a block, and what follows from its text: its lexemes, its confidence."""
    block.lowest_confidence = lowest_confidence(block)
    followers = ["search", "lowest_confidence"] if "text" in fields else []
    block.save(update_fields=[*fields, *followers])


def insert_block(block: Block) -> None:
    """Add a block."""
    block.lowest_confidence = lowest_confidence(block)
    block.save(force_insert=True)


def recount_speech(speakers: Iterable[TranscriptSpeaker]) -> None:
    """Compute how much speakers speak, and their longest blocks, from their blocks."""
    for speaker in speakers:
        spoken = Block.objects.filter(speaker=speaker).order_by()
        length = F("end_ms") - F("start_ms")
        total = spoken.aggregate(total=Sum(length))["total"] or 0
        longest = spoken.order_by(-length, "position").values_list("start_ms", "end_ms")
        speaker.speech_s = total / 1000
        speaker.samples = [
            {"start_s": start / 1000, "end_s": end / 1000}
            for start, end in longest[:SAMPLE_BLOCKS]
        ]
        speaker.save(update_fields=["speech_s", "samples"])
