"""Answers in the shapes of other servers' endpoints for speakers: LocalAI's and speaches'."""

from collections import Counter
from collections.abc import Iterable, Mapping

from audio.formats.cues import Cue
from audio.formats.text import rttm
from audio.formats.warning_lines import warnings_json
from audio.merge.values import Embedding, LabelledTranscript, Span

Json = dict[str, object]
# speaches counts the samples of 16 kHz as tokens.
TOKENS_PER_S = 16_000


def diarization_json(transcript: LabelledTranscript) -> Json:
    """Return LocalAI's `json`, which contains speaches'; `name` where a voice is known."""
    names = _names(transcript)
    labels = _labels(transcript)
    return {
        "task": "diarize",
        "duration": transcript.duration,
        "num_speakers": len(labels),
        "segments": [
            {
                "id": number,
                "speaker": labels[block.speaker],
                "label": block.speaker,
                "start": block.start_ms / 1000,
                "end": block.end_ms / 1000,
                **({"text": block.text} if block.text else {}),
                **names.get(block.speaker, {}),
            }
            for number, block in enumerate(transcript.blocks)
        ],
        **warnings_json(transcript.warnings),
    }


def verbose_diarization_json(transcript: LabelledTranscript) -> Json:
    """Return LocalAI's `verbose_json`, with a summary of each speaker."""
    seconds, counts = Counter[str](), Counter[str]()
    for block in transcript.blocks:
        seconds[block.speaker] += block.end_ms - block.start_ms
        counts[block.speaker] += 1
    names = _names(transcript)
    speakers = [
        {
            "id": speaker,
            "label": label,
            "total_speech_duration": seconds[label] / 1000,
            "segment_count": counts[label],
            **names.get(label, {}),
        }
        for label, speaker in _labels(transcript).items()
    ]
    return {
        **diarization_json(transcript),
        "language": transcript.language,
        "speakers": speakers,
    }


def diarization_rttm(transcript: LabelledTranscript) -> str:
    """Return RTTM under the labels of the other formats, or under known names."""
    names, labels = _names(transcript), _labels(transcript)
    return rttm(
        Cue(
            block.start_ms / 1000,
            block.end_ms / 1000,
            "",
            str(names.get(block.speaker, {}).get("name") or labels[block.speaker]),
        )
        for block in transcript.blocks
    )


def embedding_json(embedding: Embedding, model: str, seconds: float) -> Json:
    """Return speaches' answer for the voice of one clip."""
    tokens = round(seconds * TOKENS_PER_S)
    data = {"object": "embedding", "index": 0, "embedding": embedding.tolist()}
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "data": [data], "model": model, "usage": usage}


def speech_json(spans: Iterable[Span]) -> list[Json]:
    """Return speaches' spans of speech, in milliseconds."""
    return [{"start": round(one.start * 1000), "end": round(one.end * 1000)} for one in spans]


def _labels(transcript: LabelledTranscript) -> Mapping[str, str]:
    """Return the labels of other servers, by the engine's label, in the engine's order."""
    spoken = (block.speaker for block in transcript.blocks)
    ours = dict.fromkeys((*transcript.speakers, *spoken))
    return {label: f"SPEAKER_{number:02}" for number, label in enumerate(ours)}


def _names(transcript: LabelledTranscript) -> dict[str, Json]:
    return {
        one.speaker: {"name": one.name, "name_score": one.similarity}
        for one in transcript.recognised or ()
        if one.name is not None
    }
