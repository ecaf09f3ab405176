"""The rendering of stored transcripts as they are corrected, with the present names."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from audio.formats.cues import Cue
from voiceprints.models import Block, Transcript, TranscriptSpeaker

Json = dict[str, Any]


def render_transcript_json(transcript: Transcript, *, with_vectors: bool = False) -> Json:
    """Return the response of label-merge with the present names and the corrected blocks.

    `with_vectors` adds embeddings. Blocks and speakers are read once each: prefetch them if many
    transcripts are rendered.
    """
    result = transcript.result
    return {
        **result,
        "speakers": list(_render_speakers(transcript, with_vectors)),
        "segments": list(_render_segments(result["segments"], _blocks(transcript))),
    }


def stored_cues(transcript: Transcript) -> list[Cue]:
    """Return the blocks as cues, which the text formats render."""
    return [
        Cue(block.start_ms / 1000, block.end_ms / 1000, block.text, block.speaker.name)
        for block in _blocks(transcript)
    ]


def _blocks(transcript: Transcript) -> list[Block]:
    blocks = transcript.blocks.select_related("speaker").order_by("position")
    return list(blocks.defer("words", "search", "speaker__embedding"))


def _render_segments(segments: Sequence[Json], blocks: Iterable[Block]) -> Iterator[Json]:
    """Yield the blocks with what else the engine's segment of the same span has."""
    by_span: defaultdict[tuple[int, int], deque[Json]] = defaultdict(deque)
    for segment in segments:
        by_span[_span_of(segment)].append(segment)
    has_turns = any("start_s" in segment for segment in segments)
    for block in blocks:
        same_span = by_span[block.start_ms, block.end_ms]
        segment = same_span.popleft() if same_span else _times(block, in_seconds=has_turns)
        text = {"text": block.text} if block.text or "text" in segment else {}
        yield {**segment, "speaker": block.speaker.name, **text}


def _span_of(segment: Json) -> tuple[int, int]:
    if "start_s" in segment:
        return round(segment["start_s"] * 1000), round(segment["end_s"] * 1000)
    return segment["start_ms"], segment["end_ms"]


def _times(block: Block, *, in_seconds: bool) -> Json:
    if in_seconds:
        return {"start_s": block.start_ms / 1000, "end_s": block.end_ms / 1000}
    return {"start_ms": block.start_ms, "end_ms": block.end_ms, "speaker": "", "text": ""}


def _render_speakers(transcript: Transcript, with_vectors: bool) -> Iterator[Json]:
    """Yield the speakers of the engine, then those who were split off."""
    speakers = {speaker.label: speaker for speaker in transcript.speakers.all()}
    listed = transcript.result["speakers"]
    for one in listed:
        yield _render_speaker(one, speakers[one["cluster"]], with_vectors)
    added = speakers.keys() - {one["cluster"] for one in listed}
    for label in filter(added.__contains__, speakers):
        yield _render_speaker({"cluster": label}, speakers[label], with_vectors)


def _render_speaker(stored: Json, speaker: TranscriptSpeaker, with_vectors: bool) -> Json:
    vector = {"fingerprint": speaker.embedding} if with_vectors else {}
    person = None if speaker.person_id is None else str(speaker.person_id)
    return {**stored, "name": speaker.name, "source": speaker.source, "person": person, **vector}
