"""Transcriptions as OpenAI's clients read them: bodies, and the events of a stream."""

import re
from collections.abc import Iterable, Iterator

from audio.formats.cues import Cue, block_cues, cues, duration_of
from audio.formats.warning_lines import warnings_json
from audio.merge.values import LabelledWords, Notice, Transcription

Json = dict[str, object]
_BETWEEN_SENTENCES = re.compile(r"(?<=[.?!…。？！])(?=\s)")  # noqa: RUF001


def plain_json(said: Transcription) -> Json:
    """OpenAI's `json`."""
    return {"text": said.text, "usage": _usage(said)}


def verbose_json(said: Transcription, *, language: str, words: bool, segments: bool) -> Json:
    """OpenAI's `verbose_json`; `language` is a name, `english`."""
    answer: Json = {
        "task": "transcribe",
        "language": language,
        "duration": duration_of(said),
        "text": said.text,
        "usage": _usage(said),
    }
    if segments:
        answer["segments"] = [_segment(number, cue) for number, cue in enumerate(cues(said))]
    if words:
        answer["words"] = [{"word": w.text, "start": w.start, "end": w.end} for w in said.words]
    return answer


def diarized_json(said: Transcription, spoken: LabelledWords) -> Json:
    """OpenAI's `diarized_json`: one segment for all that a speaker says at once."""
    segments = [_speaker_segment(number, cue) for number, cue in enumerate(block_cues(spoken), 1)]
    return {
        "task": "transcribe",
        "duration": duration_of(said),
        "text": "\n".join(f"{one['speaker']}: {one['text']}" for one in segments),
        "segments": segments,
        "usage": _usage(said),
    }


def transcript_events(said: Transcription, warnings: Iterable[Notice] = ()) -> Iterator[Json]:
    """A transcript as OpenAI streams it: what the deltas say is the text, to the letter."""
    for sentence in _BETWEEN_SENTENCES.split(said.text):
        yield {"type": "transcript.text.delta", "delta": sentence}
    yield {"type": "transcript.text.done", "text": said.text, **warnings_json(warnings)}


def diarized_events(spoken: LabelledWords, warnings: Iterable[Notice] = ()) -> Iterator[Json]:
    """A transcript with speakers as OpenAI streams it."""
    text = ""
    for number, cue in enumerate(block_cues(spoken), 1):
        segment = _speaker_segment(number, cue)
        delta = f"{' ' if text else ''}{cue.text}"
        text += delta
        yield {"type": "transcript.text.delta", "delta": delta, "segment_id": segment["id"]}
        yield segment
    yield {"type": "transcript.text.done", "text": text, **warnings_json(warnings)}


def _speaker_segment(number: int, cue: Cue) -> Json:
    return {
        "type": "transcript.text.segment",
        "id": f"seg_{number:03}",
        "start": cue.start,
        "end": cue.end,
        "text": cue.text,
        "speaker": cue.speaker,
    }


def _segment(number: int, cue: Cue) -> Json:
    """All ten keys, which strict clients require; what no engine reports is neutral."""
    return {
        "id": number,
        "seek": 0,
        "start": cue.start,
        "end": cue.end,
        "text": cue.text,
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": 0.0,
        "compression_ratio": 1.0,
        "no_speech_prob": 0.0,
    }


def _usage(said: Transcription) -> Json:
    """OpenAI bills, and rounds, by the begun second."""
    return {"type": "duration", "seconds": int(-(-duration_of(said) // 1))}
