"""The rendering of stored transcripts with the names their speakers have now."""

from typing import Any

from audio.formats.cues import Cue
from voiceprints.models import Block, Transcript, TranscriptSpeaker

Json = dict[str, Any]


def render_transcript_json(transcript: Transcript, *, with_vectors: bool = False) -> Json:
    """Return the response of label-merge with the present names; `with_vectors` adds embeddings.

    Blocks and speakers are read once each: prefetch them if many transcripts are rendered.
    """
    speakers = {speaker.label: speaker for speaker in transcript.speakers.all()}
    names = [block.speaker.name for block in _blocks(transcript)]
    result = transcript.result
    segments = zip(result["segments"], names, strict=True)
    return {
        **result,
        "speakers": [
            _render_speaker(one, speakers[one["cluster"]], with_vectors)
            for one in result["speakers"]
        ],
        "segments": [{**segment, "speaker": name} for segment, name in segments],
    }


def stored_cues(transcript: Transcript) -> list[Cue]:
    """Return the blocks as cues, which the text formats render."""
    return [
        Cue(block.start_ms / 1000, block.end_ms / 1000, block.text, block.speaker.name)
        for block in _blocks(transcript)
    ]


def _blocks(transcript: Transcript) -> list[Block]:
    return list(transcript.blocks.select_related("speaker").order_by("position"))


def _render_speaker(stored: Json, speaker: TranscriptSpeaker, with_vectors: bool) -> Json:
    vector = {"fingerprint": speaker.embedding} if with_vectors else {}
    person = None if speaker.person_id is None else str(speaker.person_id)
    return {**stored, "name": speaker.name, "source": speaker.source, "person": person, **vector}
