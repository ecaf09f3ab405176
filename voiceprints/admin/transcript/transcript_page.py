"""The page of a transcript: a lane for each speaker, a page of the text, and search hits."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from voiceprints.admin.colours import Tint, read_palette
from voiceprints.admin.transcript.lanes import BlockSpan, Lane, build_lanes
from voiceprints.admin.transcript.lines import BLOCKS_PER_PAGE, Line, build_lines
from voiceprints.models import Block, KeptAudio, Transcript, TranscriptSpeaker
from voiceprints.models.kept_audio import AudioState
from voiceprints.models.search_lexemes import LexemeQuery
from voiceprints.models.transcripts import SpeakerSource

MAX_HITS = 30
TICKS = 6


class BlockOutline(NamedTuple):
    """What is read of every block: its speaker, its time, and its least confident word."""

    speaker_id: int
    start_ms: int
    end_ms: int
    lowest_confidence: float | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A block that contains the searched words."""

    position: int
    at_ms: int


@dataclass(frozen=True)
class TranscriptPage:
    """What the page shows above the form. Pages of blocks are counted from 1."""

    transcript: Transcript
    speakers: Sequence[TranscriptSpeaker]
    outlines: Sequence[BlockOutline]
    tints: Mapping[str, Tint]
    number: int
    lines: Sequence[Line]
    words: str
    hits: Sequence[Hit]
    has_text: bool
    tracks: Sequence[str]

    blocks_per_page = BLOCKS_PER_PAGE

    @property
    def transcript_id(self) -> UUID:
        """The key of the transcript."""
        return self.transcript.pk

    @property
    def duration_ms(self) -> float:
        """The length of the recording."""
        return self.transcript.duration * 1000

    @property
    def ticks(self) -> list[float]:
        """The times below the lanes, in milliseconds."""
        return [self.duration_ms * tick / (TICKS - 1) for tick in range(TICKS)]

    @property
    def doubtful_below(self) -> float:
        """The confidence below which a word is marked."""
        return settings.DOUBTFUL_CONFIDENCE

    @property
    def pages(self) -> int:
        """The number of pages; one where there is no block."""
        return count_pages(len(self.outlines))

    @property
    def page_starts_ms(self) -> list[int]:
        """Return when the first block of each page begins."""
        return [one.start_ms for one in self.outlines[::BLOCKS_PER_PAGE]]

    @cached_property
    def lanes(self) -> list[Lane]:
        """The lane of each name."""
        spans: defaultdict[int, list[BlockSpan]] = defaultdict(list)
        for place, one in enumerate(self.outlines):
            spans[one.speaker_id].append(BlockSpan(one.start_ms, one.end_ms, place))
        return build_lanes(spans, self.speakers, self.tints, self.duration_ms)

    @property
    def unnamed_pages(self) -> list[int]:
        """The pages on which a speaker without a name talks."""
        unnamed = {one.pk for one in self.speakers if one.source == SpeakerSource.UNMATCHED}
        return self._pages_with([one.speaker_id in unnamed for one in self.outlines])

    @cached_property
    def doubtful_pages(self) -> list[int]:
        """The pages with a word of low confidence."""
        lowest = [one.lowest_confidence for one in self.outlines]
        below = self.doubtful_below
        return self._pages_with([one is not None and one < below for one in lowest])

    def _pages_with(self, wanted: Sequence[bool]) -> list[int]:
        starts = range(0, len(wanted), BLOCKS_PER_PAGE)
        return [
            number
            for number, start in enumerate(starts, 1)
            if any(wanted[start : start + BLOCKS_PER_PAGE])
        ]

    def link_to(self, position: int) -> str:
        """Return the link to a block, on this page or on another."""
        number = position // BLOCKS_PER_PAGE + 1
        if number == self.number:
            return f"#block-{position}"
        return f"{self.link_to_page(number)}#block-{position}"

    def link_to_page(self, number: int) -> str:
        """Return the link to a page of blocks."""
        query = {"page": number, **({"words": self.words} if self.words else {})}
        return f"?{urlencode(query)}"

    @property
    def link_before(self) -> str:
        """The link to the page before this one, empty on the first."""
        return self.link_to_page(self.number - 1) if self.number > 1 else ""

    @property
    def link_behind(self) -> str:
        """The link to the page behind this one, empty on the last."""
        return self.link_to_page(self.number + 1) if self.number < self.pages else ""


def build_transcript_page(transcript_id: str, query: Mapping[str, str]) -> TranscriptPage | None:
    """Return one page of a transcript, or None where the transcript does not exist."""
    transcript = _find_transcript(transcript_id)
    if transcript is None:
        return None
    speakers = list(transcript.speakers.select_related("person", "space").defer("embedding"))
    tints = read_palette().tints_in(speakers)
    blocks = transcript.blocks.order_by("position")
    rows = blocks.values_list("speaker_id", "start_ms", "end_ms", "lowest_confidence")
    outlines = list(map(BlockOutline._make, rows))
    number = _page_number(query.get("page", ""), count_pages(len(outlines)))
    words = _searched_words(query)
    hits = _hits(blocks, words)
    return TranscriptPage(
        transcript=transcript,
        speakers=speakers,
        outlines=outlines,
        tints=tints,
        number=number,
        lines=build_lines(blocks, number, speakers, tints, {hit.position for hit in hits}),
        words=words,
        hits=hits,
        has_text=transcript.blocks.exclude(text="").exists(),
        tracks=kept_tracks(transcript),
    )


def count_pages(blocks: int) -> int:
    """Return the number of pages of that many blocks; one for no block at all."""
    return max(1, ceil(blocks / BLOCKS_PER_PAGE))


def _page_number(text: str, last: int) -> int:
    """Return the number of a page that exists: the nearest to the one that is asked for."""
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    return min(max(1, int(text)), last) if is_number else 1


def kept_tracks(transcript: Transcript) -> list[str]:
    """Return the tracks that can be heard."""
    kept = KeptAudio.objects.filter(transcript=transcript, state=AudioState.KEPT)
    return list(kept.order_by("track").values_list("track", flat=True))


def _find_transcript(transcript_id: str) -> Transcript | None:
    try:
        return Transcript.objects.defer("result").filter(pk=UUID(transcript_id)).first()
    except ValueError:
        return None


def _searched_words(query: Mapping[str, str]) -> str:
    """Return the words searched on this page, or in the list that linked here."""
    in_list = parse_qs(query.get("_changelist_filters", "")).get("q", [""])
    return query.get("words", in_list[0]).strip()


def _hits(blocks: QuerySet[Block], words: str) -> list[Hit]:
    if not words:
        return []
    found = blocks.filter(search=LexemeQuery(words)).values_list("pk", "start_ms")[:MAX_HITS]
    places = {pk: place for place, pk in enumerate(blocks.values_list("pk", flat=True))}
    return [Hit(places[pk], at_ms) for pk, at_ms in found]
