"""Transcripts that exist as JSON already: stored in a library, or written to a file."""

import json
from dataclasses import dataclass
from typing import Any

from audio.formats.cues import Cue
from audio.merge.values import Notice

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredTranscript:
    """The JSON of a native answer, and its cues; `recording` is the name that STM gives it."""

    answer: Json
    cues: tuple[Cue, ...]
    recording: str = "recording"

    @property
    def warnings(self) -> tuple[Notice, ...]:
        """What a reader should know before trusting the transcript."""
        listed = self.answer.get("warnings", [])
        return tuple(Notice(one["code"], one["message"]) for one in listed)


def read_transcript(written: str) -> StoredTranscript:
    """Return the transcript of a file in format json.

    Raises
    ------
    ValueError
        When the text is not such a transcript.
    """
    try:
        return stored_transcript(json.loads(written))
    except RecursionError as error:
        raise ValueError("expected a transcript, got JSON nested too deeply") from error


def stored_transcript(answer: Json) -> StoredTranscript:
    """Return a native answer with its cues, one per segment.

    Raises
    ------
    ValueError
        When it is not a native answer.
    """
    try:
        return StoredTranscript(answer, tuple(map(_cue_of, answer["segments"])))
    except (KeyError, TypeError) as error:
        raise ValueError("expected a transcript with segments") from error


def _cue_of(segment: Json) -> Cue:
    speaker, text = str(segment["speaker"]), str(segment.get("text", ""))
    if "start_s" in segment:
        return Cue(float(segment["start_s"]), float(segment["end_s"]), text, speaker)
    start, end = float(segment["start_ms"]), float(segment["end_ms"])
    return Cue(start / 1000, end / 1000, text, speaker)
