"""The text on a transcript's page: a line for each block, with doubtful words apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from voiceprints.admin.colours import Tint
from voiceprints.models import Block, TranscriptSpeaker
from voiceprints.transcripts.block_words import TextPart, doubtful_parts

BLOCKS_PER_PAGE = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One block of the text; `parts` are its text, with its words of low confidence apart."""

    position: int
    at_ms: int
    end_ms: int
    parts: Sequence[TextPart]
    speaker: TranscriptSpeaker
    tint: Tint
    naming_url: str
    is_new_speaker: bool
    is_hit: bool


def build_lines(
    blocks: QuerySet[Block],
    number: int,
    speakers: Sequence[TranscriptSpeaker],
    tints: Mapping[str, Tint],
    hits: set[int],
) -> list[Line]:
    """Return the lines of a page of blocks; `hits` are the places of those that were searched."""
    by_id = {speaker.pk: speaker for speaker in speakers}
    urls = {one.pk: _naming_url(one) for one in speakers}
    first = (number - 1) * BLOCKS_PER_PAGE
    lines: list[Line] = []
    for place, block in enumerate(blocks.defer("search")[first : first + BLOCKS_PER_PAGE], first):
        speaker = by_id[block.speaker_id]
        lines.append(
            Line(
                position=place,
                at_ms=block.start_ms,
                end_ms=block.end_ms,
                parts=doubtful_parts(block, settings.DOUBTFUL_CONFIDENCE),
                speaker=speaker,
                tint=tints[speaker.name],
                naming_url=urls[speaker.pk],
                is_new_speaker=not lines or lines[-1].speaker.name != speaker.name,
                is_hit=place in hits,
            )
        )
    return lines


def _naming_url(speaker: TranscriptSpeaker) -> str:
    """Return the address of the page that names a speaker."""
    place = [speaker.transcript_id, speaker.pk]
    return reverse("admin:voiceprints_transcript_speaker", args=place)
