"""The page of a transcript: who spoke when, and the text."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from voiceprints.admin.colours import Tint, tints_in
from voiceprints.models import Block, Transcript, TranscriptSpeaker

WIDTH = 1000.0
# What is nearer together, or shorter, could not be seen.
LEAST = 2.0


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, and which block begins there."""

    start_ms: int
    end_ms: int
    position: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of speech on a line of length WIDTH."""

    x: float
    width: float
    position: int
    at_ms: int


def bars_of(spans: Iterable[Span], duration_ms: float) -> list[Bar]:
    """One bar for all spans that follow closely, none shorter than can be seen."""
    scale = WIDTH / duration_ms if duration_ms else 0.0
    bars: list[Bar] = []
    for span in spans:
        start, end = span.start_ms * scale, max(span.end_ms * scale, span.start_ms * scale + LEAST)
        last = bars[-1] if bars else None
        if last and start - (last.x + last.width) < LEAST:
            width = max(last.width, end - last.x)
            bars[-1] = Bar(last.x, round(width, 2), last.position, last.at_ms)
        else:
            bars.append(Bar(round(start, 2), round(end - start, 2), span.position, span.start_ms))
    return bars


BLOCKS_PER_PAGE = 400
HITS = 30
TICKS = 6


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaker's line above the text."""

    speaker: TranscriptSpeaker
    tint: Tint
    bars: list[Bar]
    speech_s: float


@dataclass(frozen=True, slots=True)
class Line:
    """One block of the text."""

    position: int
    at_ms: int
    text: str
    speaker: TranscriptSpeaker
    tint: Tint
    is_new_voice: bool
    is_hit: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """Where the words stand that were looked for."""

    position: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class TranscriptPage:
    """All that is shown above the form."""

    transcript_id: UUID
    duration_ms: float
    ticks: list[float]
    voices: list[Voice]
    lines: list[Line]
    sheet: Page[Block]
    words: str
    hits: list[Hit]

    def link_to(self, position: int) -> str:
        """Return the link to a block, on this page or on another."""
        sheet = position // BLOCKS_PER_PAGE + 1
        if sheet == self.sheet.number:
            return f"#block-{position}"
        query = urlencode({"page": sheet, **({"words": self.words} if self.words else {})})
        return f"?{query}#block-{position}"


def page_of(transcript_id: str, asked: Mapping[str, str]) -> TranscriptPage | None:
    """One page of a transcript; None where there is none."""
    transcript = _transcript(transcript_id)
    if transcript is None:
        return None
    speakers = list(transcript.speakers.select_related("person", "space").defer("embedding"))
    tints = tints_in(speakers)
    sheet = Paginator(transcript.blocks.all(), BLOCKS_PER_PAGE).get_page(asked.get("page"))
    words = _words(asked)
    hits = _hits(transcript.blocks.all(), words)
    duration_ms = transcript.duration * 1000
    return TranscriptPage(
        transcript_id=transcript.pk,
        duration_ms=duration_ms,
        ticks=[duration_ms * tick / (TICKS - 1) for tick in range(TICKS)],
        voices=_voices(transcript, speakers, tints),
        lines=_lines(list(sheet), speakers, tints, {hit.position for hit in hits}),
        sheet=sheet,
        words=words,
        hits=hits,
    )


def _transcript(transcript_id: str) -> Transcript | None:
    try:
        return Transcript.objects.defer("result").filter(pk=UUID(transcript_id)).first()
    except ValueError:
        return None


def _words(asked: Mapping[str, str]) -> str:
    """What was looked for, here or in the list that led here."""
    in_list = parse_qs(asked.get("_changelist_filters", "")).get("q", [""])
    return asked.get("words", in_list[0]).strip()


def _hits(blocks: QuerySet[Block], words: str) -> list[Hit]:
    if not words:
        return []
    query = SearchQuery(words, config="simple", search_type="websearch")
    found = blocks.filter(search=query).values_list("position", "start_ms")
    return [Hit(*hit) for hit in found[:HITS]]


def _voices(
    transcript: Transcript, speakers: Sequence[TranscriptSpeaker], tints: Mapping[str, Tint]
) -> list[Voice]:
    """One line for all who share a name, first who speaks most."""
    names = {speaker.pk: speaker.name for speaker in speakers}
    spans: defaultdict[str, list[Span]] = defaultdict(list)
    rows = transcript.blocks.values_list("speaker_id", "start_ms", "end_ms", "position")
    for speaker_id, start, end, position in rows:
        spans[names[speaker_id]].append(Span(start, end, position))
    first = {speaker.name: speaker for speaker in reversed(speakers)}
    voices = [
        Voice(
            speaker,
            tints[name],
            bars_of(spans[name], transcript.duration * 1000),
            sum(span.end_ms - span.start_ms for span in spans[name]) / 1000,
        )
        for name, speaker in first.items()
    ]
    return sorted(voices, key=lambda voice: -voice.speech_s)


def _lines(
    blocks: Sequence[Block],
    speakers: Sequence[TranscriptSpeaker],
    tints: Mapping[str, Tint],
    hits: set[int],
) -> list[Line]:
    by_id = {speaker.pk: speaker for speaker in speakers}
    lines: list[Line] = []
    for block in blocks:
        speaker = by_id[block.speaker_id]
        lines.append(
            Line(
                position=block.position,
                at_ms=block.start_ms,
                text=block.text,
                speaker=speaker,
                tint=tints[speaker.name],
                is_new_voice=not lines or lines[-1].speaker.name != speaker.name,
                is_hit=block.position in hits,
            )
        )
    return lines
