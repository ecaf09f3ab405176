"""Transcriptions as OpenAI's clients read them."""

from audio.formats.cues import Cue, cues, duration_of
from audio.merge.timeline import Transcription

Json = dict[str, object]


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
