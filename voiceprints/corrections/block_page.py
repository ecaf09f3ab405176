"""Pages of a transcript's blocks, with the engine's text beside the corrected one."""

from collections.abc import Sequence
from dataclasses import dataclass

from voiceprints.corrections.locked_rows import read_blocks
from voiceprints.models import Block, Correction, Transcript, TranscriptSpeaker
from voiceprints.models.corrections import CorrectionKind


@dataclass(frozen=True, slots=True)
class BlockPage:
    """Consecutive blocks of a transcript, its speakers, and how many blocks it has."""

    transcript: Transcript
    blocks: Sequence[Block]
    speakers: Sequence[TranscriptSpeaker]
    total: int
    start: int

    @property
    def next(self) -> int | None:
        """Return the first block of the next page, None after the last."""
        end = self.start + len(self.blocks)
        return end if end < self.total and self.blocks else None


def read_block_page(transcript: Transcript, start: int, limit: int) -> BlockPage:
    """Return the blocks from a place on."""
    blocks = read_blocks(transcript.pk, start, limit)
    speakers = transcript.speakers.defer("embedding").order_by("pk")
    return BlockPage(
        transcript, blocks, list(speakers), total=transcript.blocks.count(), start=start
    )


def corrected_blocks(correction: Correction) -> list[Block]:
    """Return the blocks that a correction has changed, or that taking it back has, as they are."""
    if correction.block is None:
        return []
    has_two = correction.kind == (
        CorrectionKind.SPLIT if correction.undone_at is None else CorrectionKind.JOIN
    )
    return read_blocks(correction.transcript_id, correction.block, 2 if has_two else 1)
