"""The page of a transcript: a lane of bars for each speaker, the text, and search hits."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from voiceprints.admin.colours import Tint, read_palette
from voiceprints.models import Block, KeptAudio, Transcript, TranscriptSpeaker
from voiceprints.models.kept_audio import AudioState
from voiceprints.models.search_lexemes import LexemeQuery

WIDTH = 1000.0
# Narrower bars and gaps would be invisible.
MIN_WIDTH = 2.0
BLOCKS_PER_PAGE = 400
MAX_HITS = 30
SNIPPET = 160
TICKS = 6


@dataclass(frozen=True, slots=True)
class BlockSpan:
    """The time of a block, and its place in the transcript, from 0."""

    start_ms: int
    end_ms: int
    position: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A span of speech in a lane of length WIDTH, and the block where it begins."""

    x: float
    width: float
    position: int
    at_ms: int


def build_bars(spans: Iterable[BlockSpan], duration_ms: float) -> list[Bar]:
    """Return visible bars, with spans that follow each other closely joined into one."""
    scale = WIDTH / duration_ms if duration_ms else 0.0
    bars: list[Bar] = []
    for span in spans:
        start = span.start_ms * scale
        end = max(span.end_ms * scale, start + MIN_WIDTH)
        last = bars[-1] if bars else None
        if last and start - (last.x + last.width) < MIN_WIDTH:
            width = max(last.width, end - last.x)
            bars[-1] = Bar(last.x, round(width, 2), last.position, last.at_ms)
        else:
            bars.append(Bar(round(start, 2), round(end - start, 2), span.position, span.start_ms))
    return bars


@dataclass(frozen=True, slots=True)
class Lane:
    """A speaker's lane above the text."""

    speaker: TranscriptSpeaker
    labels: list[str]
    tint: Tint
    bars: list[Bar]
    speech_s: float


@dataclass(frozen=True, slots=True)
class Line:
    """One block of the text."""

    position: int
    at_ms: int
    end_ms: int
    text: str
    speaker: TranscriptSpeaker
    tint: Tint
    is_new_speaker: bool
    is_hit: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A block that contains the searched words."""

    position: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class TranscriptPage:
    """What the page shows above the form."""

    transcript_id: UUID
    duration_ms: float
    ticks: list[float]
    lanes: list[Lane]
    lines: list[Line]
    sheet: Page[Block]
    words: str
    hits: list[Hit]
    version: int
    has_text: bool
    tracks: list[str]
    sheet_starts_ms: list[int]

    def link_to(self, position: int) -> str:
        """Return the link to a block, on this page or on another."""
        sheet = position // BLOCKS_PER_PAGE + 1
        if sheet == self.sheet.number:
            return f"#block-{position}"
        query = urlencode({"page": sheet, **({"words": self.words} if self.words else {})})
        return f"?{query}#block-{position}"


def build_transcript_page(transcript_id: str, query: Mapping[str, str]) -> TranscriptPage | None:
    """Return one page of a transcript, or None where the transcript does not exist."""
    transcript = _find_transcript(transcript_id)
    if transcript is None:
        return None
    speakers = list(transcript.speakers.select_related("person", "space").defer("embedding"))
    tints = read_palette().tints_in(speakers)
    sheet = Paginator(transcript.blocks.defer("words", "search"), BLOCKS_PER_PAGE).get_page(
        query.get("page")
    )
    words = _searched_words(query)
    hits = _hits(transcript.blocks.all(), words)
    duration_ms = transcript.duration * 1000
    return TranscriptPage(
        transcript_id=transcript.pk,
        duration_ms=duration_ms,
        ticks=[duration_ms * tick / (TICKS - 1) for tick in range(TICKS)],
        lanes=_lanes(transcript, speakers, tints),
        lines=_lines(sheet, speakers, tints, {hit.position for hit in hits}),
        sheet=sheet,
        words=words,
        hits=hits,
        version=transcript.version,
        has_text=transcript.blocks.exclude(text="").exists(),
        tracks=kept_tracks(transcript),
        sheet_starts_ms=_sheet_starts_ms(transcript),
    )


def _sheet_starts_ms(transcript: Transcript) -> list[int]:
    """Return when the first block of each page begins."""
    starts = list(transcript.blocks.values_list("start_ms", flat=True))
    return starts[::BLOCKS_PER_PAGE]


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


def find_snippets(transcripts: Sequence[UUID], words: str) -> dict[UUID, str]:
    """Return the beginning of the first block with the words, for each transcript that has one."""
    if not words.strip():
        return {}
    found = Block.objects.filter(transcript__in=transcripts, search=LexemeQuery(words.strip()))
    first = found.order_by("transcript", "position").distinct("transcript")
    rows = first.values_list("transcript", "text")
    return {transcript: shorten(text, words) for transcript, text in rows}


def shorten(text: str, words: str) -> str:
    """Return at most SNIPPET characters of a text, around the first of the words in it."""
    places = [text.casefold().find(word.casefold().strip('"')) for word in words.split()]
    at = min((place for place in places if place >= 0), default=0)
    start = max(0, at - SNIPPET // 3)
    end = start + SNIPPET
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def _lanes(
    transcript: Transcript, speakers: Sequence[TranscriptSpeaker], tints: Mapping[str, Tint]
) -> list[Lane]:
    """Return one lane per name, in order of speaking time, longest first."""
    names = {speaker.pk: speaker.name for speaker in speakers}
    spans: defaultdict[str, list[BlockSpan]] = defaultdict(list)
    rows = transcript.blocks.values_list("speaker_id", "start_ms", "end_ms")
    for place, (speaker_id, start, end) in enumerate(rows):
        spans[names[speaker_id]].append(BlockSpan(start, end, place))
    first = {speaker.name: speaker for speaker in reversed(speakers)}
    lanes = [
        Lane(
            speaker,
            [one.label for one in speakers if one.name == name],
            tints[name],
            build_bars(spans[name], transcript.duration * 1000),
            sum(span.end_ms - span.start_ms for span in spans[name]) / 1000,
        )
        for name, speaker in first.items()
    ]
    return sorted(lanes, key=lambda lane: -lane.speech_s)


def _lines(
    sheet: Page[Block],
    speakers: Sequence[TranscriptSpeaker],
    tints: Mapping[str, Tint],
    hits: set[int],
) -> list[Line]:
    by_id = {speaker.pk: speaker for speaker in speakers}
    lines: list[Line] = []
    for place, block in enumerate(sheet, (sheet.number - 1) * BLOCKS_PER_PAGE):
        speaker = by_id[block.speaker_id]
        lines.append(
            Line(
                position=place,
                at_ms=block.start_ms,
                end_ms=block.end_ms,
                text=block.text,
                speaker=speaker,
                tint=tints[speaker.name],
                is_new_speaker=not lines or lines[-1].speaker.name != speaker.name,
                is_hit=place in hits,
            )
        )
    return lines
