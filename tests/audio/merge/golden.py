"""The golden vectors, read into the merge core's values and its values read back.

The keys are those of the native endpoints' answers.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from _pytest.mark import ParameterSet

from audio.merge.tracks.loudness import Track
from audio.merge.tracks.two_track_transcript import AnalysedTrack
from audio.merge.values import (
    NO_VOICES,
    Block,
    Diarization,
    Embedding,
    NamedSpeaker,
    NamedTranscript,
    Span,
    TimelineEntry,
    Transcription,
    Turn,
    Voices,
    Word,
)

COPY = Path(__file__).parents[2] / "golden" / "merge.json"
DIMENSION = 192


def vectors_of(function: str) -> list[ParameterSet]:
    cases = json.loads(COPY.read_text())
    return [
        pytest.param(case["inputs"], case["output"], id=case["name"])
        for case in cases
        if case["function"] == function
    ]


def read_words(items: list[dict[str, Any]]) -> list[Word]:
    return [Word(item["start"], item["end"], item["text"]) for item in items]


def read_turns(items: list[dict[str, Any]]) -> tuple[Turn, ...]:
    return tuple(Turn(item["start_s"], item["end_s"], item["speaker"]) for item in items)


def read_hints(items: list[dict[str, Any]]) -> list[TimelineEntry]:
    return [TimelineEntry(item["start"], item["end"], item["name"]) for item in items]


def read_vad(items: list[dict[str, Any]] | None) -> list[Span] | None:
    return None if items is None else [Span(item["start"], item["end"]) for item in items]


def read_vector(encoded: dict[str, dict[str, float]]) -> Embedding:
    vector = np.zeros(DIMENSION)
    for index, value in encoded["$vec"].items():
        vector[int(index)] = value
    return vector


def read_embeddings(encoded: dict[str, Any]) -> dict[str, Embedding]:
    return {label: read_vector(vector) for label, vector in encoded.items()}


def read_voices(encoded: dict[str, Any]) -> Voices:
    known = read_embeddings(encoded)
    return Voices(tuple(known), np.stack(list(known.values()))) if known else NO_VOICES


def read_track(encoded: dict[str, Any]) -> Track:
    runs = [
        amplitude * np.tile([1.0, -1.0], count // 2)
        for amplitude, count in encoded["$pcm"]["runs"]
    ]
    samples = (np.concatenate(runs) / 32768).astype(np.float32)
    return Track(encoded["$pcm"]["sample_rate"], lambda: [samples])


def read_diarization(answer: dict[str, Any]) -> Diarization:
    return Diarization(
        read_turns(answer["segments"]),
        tuple(answer["speakers_detected"]),
        read_embeddings(answer["fingerprints"]),
        answer["duration"],
        answer["models"],
    )


def read_answer(upstream: dict[str, Any], track: str, pcm: dict[str, Any]) -> AnalysedTrack:
    transcribed = upstream[f"{track}_transcribe"]
    return AnalysedTrack(
        read_diarization(upstream[f"{track}_diarize"]),
        Transcription("", tuple(read_words(transcribed["words"])), transcribed["duration"]),
        read_track(pcm),
    )


def read_named(
    label: str, decision: dict[str, Any], embeddings: dict[str, Embedding]
) -> NamedSpeaker:
    return NamedSpeaker(
        label,
        decision["name"],
        decision["source"],
        embeddings.get(label),
        decision.get("overlap_confidence"),
        decision.get("match_similarity"),
    )


def write_words(words: tuple[Word, ...]) -> list[dict[str, Any]]:
    return [{"start": word.start, "end": word.end, "text": word.text} for word in words]


def write_blocks(blocks: list[Block] | tuple[Block, ...]) -> list[dict[str, Any]]:
    return [
        {
            "start_ms": block.start_ms,
            "end_ms": block.end_ms,
            "speaker": block.speaker,
            "text": block.text,
        }
        for block in blocks
    ]


def write_vector(vector: Embedding) -> dict[str, dict[str, float]]:
    return {"$vec": {str(index): float(vector[index]) for index in np.flatnonzero(vector)}}


def write_embeddings(embeddings: Mapping[str, Embedding]) -> dict[str, Any]:
    return {name: write_vector(vector) for name, vector in embeddings.items()}


def write_decision(speaker: NamedSpeaker) -> dict[str, Any]:
    scores = {
        "overlap_confidence": speaker.overlap_confidence,
        "match_similarity": speaker.match_similarity,
    }
    given = {key: score for key, score in scores.items() if score is not None}
    return {"name": speaker.name, "source": speaker.source, **given}


def write_speaker(speaker: NamedSpeaker) -> dict[str, Any]:
    vector = None if speaker.embedding is None else write_vector(speaker.embedding)
    return {"cluster": speaker.speaker, "fingerprint": vector, **write_decision(speaker)}


def write_transcript(transcript: NamedTranscript) -> dict[str, Any]:
    return {
        "mode": transcript.mode,
        "duration": transcript.duration,
        "speakers": [write_speaker(speaker) for speaker in transcript.speakers],
        "segments": write_blocks(transcript.blocks),
        "fingerprints": write_embeddings(transcript.embeddings),
        "models": dict(transcript.models),
    }
