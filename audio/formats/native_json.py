"""Transcripts with speakers in the JSON of the native endpoints."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from audio.formats.warning_lines import corrections_json, interpolated_json, warnings_json
from audio.merge.values import (
    Diarization,
    Embedding,
    Evidence,
    LabelledTranscript,
    NamedSpeaker,
    NamedTranscript,
    Notice,
    RecognisedSpeaker,
    TimelineReport,
    Turn,
)

Json = dict[str, object]


def diarized_chunk_json(chunk: Diarization, warnings: Iterable[Notice] = ()) -> Json:
    """Return the answer of diarize-chunk."""
    return {
        "duration": chunk.duration or 0.0,
        "segments": [_turn(turn) for turn in chunk.turns],
        "speakers_detected": list(chunk.speakers),
        "fingerprints": _vectors(chunk.embeddings),
        "models": dict(chunk.models),
        **warnings_json(warnings),
    }


def labelled_json(transcript: LabelledTranscript) -> Json:
    """Return the answer of transcribe-with-speakers."""
    return {
        "duration": transcript.duration,
        "language": transcript.language,
        "speakers_detected": list(transcript.speakers),
        **({} if transcript.recognised is None else _identities(transcript.recognised)),
        "segments": _segments(transcript),
        **_interpolated(transcript),
        "models": dict(transcript.models),
        **corrections_json(transcript.corrections),
        **warnings_json(transcript.warnings),
    }


def named_json(transcript: NamedTranscript) -> Json:
    """Return the answer of label-merge."""
    answer: Json = {
        "mode": transcript.mode,
        "duration": transcript.duration,
        "speakers": [_speaker(speaker) for speaker in transcript.speakers],
        "segments": _segments(transcript),
        **_interpolated(transcript),
        "fingerprints": _vectors(transcript.embeddings),
        "models": dict(transcript.models),
        **corrections_json(transcript.corrections),
        **warnings_json(transcript.warnings),
    }
    if transcript.mode == "dual_channel":
        answer["dropped_words"] = transcript.dropped_words
    if transcript.echo is not None:
        answer["echo"] = asdict(transcript.echo)
    if transcript.timeline_offset_s is not None:
        answer["timeline_offset_s"] = transcript.timeline_offset_s
    if transcript.timeline is not None:
        answer["timeline"] = _timeline(transcript.timeline)
    return answer


def _timeline(report: TimelineReport) -> Json:
    """Return the facts about the timeline; some only where they occur."""
    pieces = [{"from_s": start, "offset_s": offset} for start, offset in report.pieces]
    occurring = {
        "pieces": pieces if len(pieces) > 1 else None,
        "joined": report.joined or None,
        "recording_start": report.recording_start,
    }
    return {
        "format": report.format,
        "entries": report.entries,
        "people": report.people,
        "offset_s": report.offset_s,
        "dropped": dict(report.dropped),
        **_without_none(occurring),
    }


def _identities(speakers: Iterable[RecognisedSpeaker]) -> Json:
    return {
        "speakers": [
            {"label": one.speaker, "name": one.name, "similarity": one.similarity}
            for one in speakers
        ]
    }


def _speaker(speaker: NamedSpeaker) -> Json:
    figures = {
        "overlap_confidence": speaker.overlap_confidence,
        "match_similarity": speaker.match_similarity,
        "enrolled_s": speaker.enrolled_s,
    }
    return {
        "cluster": speaker.speaker,
        "name": speaker.name,
        "source": speaker.source,
        "fingerprint": None if speaker.embedding is None else speaker.embedding.tolist(),
        **_without_none(figures),
        **({"name_readings": list(speaker.name_readings)} if speaker.name_readings else {}),
        **({} if speaker.evidence is None else {"evidence": _evidence(speaker.evidence)}),
    }


def _evidence(evidence: Evidence) -> Json:
    supports = {"winner": evidence.winner, "runner_up": evidence.runner_up}
    return {
        **{key: _without_none(asdict(one)) for key, one in supports.items() if one is not None},
        "disagreement": evidence.disagreement,
        **_without_none({"reason": evidence.reason, "shared_with": evidence.shared_with}),
    }


def _without_none(figures: Mapping[str, object]) -> Json:
    return {key: value for key, value in figures.items() if value is not None}


def _segments(transcript: LabelledTranscript | NamedTranscript) -> list[Json]:
    if isinstance(transcript, NamedTranscript) and transcript.turns:
        return [_turn(turn) for turn in transcript.turns]
    return [
        {"start_ms": b.start_ms, "end_ms": b.end_ms, "speaker": b.speaker, "text": b.text}
        for b in transcript.blocks
    ]


def _interpolated(transcript: LabelledTranscript | NamedTranscript) -> Json:
    return interpolated_json(word for block in transcript.blocks for word in block.words)


def _turn(turn: Turn) -> Json:
    confidence = {} if turn.confidence is None else {"confidence": turn.confidence}
    return {"start_s": turn.start, "end_s": turn.end, "speaker": turn.speaker, **confidence}


def _vectors(embeddings: Mapping[str, Embedding]) -> dict[str, list[float]]:
    return {name: vector.tolist() for name, vector in embeddings.items()}


def without_embeddings(answer: Json) -> Json:
    """Return a native answer without the speakers' embeddings."""
    plain = {name: value for name, value in answer.items() if name != "fingerprints"}
    speakers = plain.get("speakers")
    if isinstance(speakers, list):
        plain["speakers"] = [
            {name: value for name, value in speaker.items() if name != "fingerprint"}
            for speaker in speakers
        ]
    return plain
