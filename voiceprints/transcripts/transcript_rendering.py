"""How is a kept transcript told again, under the names it has by now?"""

from typing import Any

from audio.formats.cues import Cue
from voiceprints.models import Block, Transcript, TranscriptSpeaker

Json = dict[str, Any]


def render_transcript_json(transcript: Transcript, *, with_vectors: bool = False) -> Json:
    """The answer of label-merge as it would be with these names; vectors only when asked for.

    Blocks and speakers are read once each: prefetch them where many are told.
    """
    speakers = {speaker.label: speaker for speaker in transcript.speakers.all()}
    names = [block.speaker.name for block in _blocks(transcript)]
    given = transcript.result
    segments = zip(given["segments"], names, strict=True)
    return {
        **given,
        "speakers": [
            _speaker(one, speakers[one["cluster"]], with_vectors) for one in given["speakers"]
        ],
        "segments": [{**segment, "speaker": name} for segment, name in segments],
    }


def transcript_cues(transcript: Transcript) -> list[Cue]:
    """What the text formats render."""
    return [
        Cue(block.start_ms / 1000, block.end_ms / 1000, block.text, block.speaker.name)
        for block in _blocks(transcript)
    ]


def _blocks(transcript: Transcript) -> list[Block]:
    return list(transcript.blocks.select_related("speaker").order_by("position"))


def _speaker(given: Json, speaker: TranscriptSpeaker, with_vectors: bool) -> Json:
    vector = {"fingerprint": speaker.embedding} if with_vectors else {}
    person = None if speaker.person_id is None else str(speaker.person_id)
    return {**given, "name": speaker.name, "source": speaker.source, "person": person, **vector}
