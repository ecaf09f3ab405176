"""Transcripts cut into what is shown, or drawn, at once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from audio.merge.assignment import group_words
from audio.merge.values import (
    Block,
    LabelledTranscript,
    LabelledWords,
    NamedTranscript,
    Transcription,
    Word,
)

# Subtitles are read at a glance: a sentence, at most two lines of 42 characters, at most 7 s, and
# nothing over a pause.
LONGEST_CUE_S = 7.0
LONGEST_CUE_CHARACTERS = 84
LONGEST_PAUSE_S = 1.5
_SENTENCE_ENDS = (".", "?", "!", "…", "。", "\uff1f", "\uff01")


@dataclass(frozen=True, slots=True)
class Cue:
    """A stretch shown, or drawn, at once, in seconds; no text where nobody transcribed."""

    start: float
    end: float
    text: str
    speaker: str = ""


def cues(said: Transcription) -> list[Cue]:
    """Cut a transcription into sentences short enough to read; without words it is one cue."""
    if not said.words:
        return [Cue(0.0, duration_of(said), said.text)] if said.text else []
    return _cut(said.words, [""] * len(said.words))


def spoken_cues(spoken: LabelledWords) -> list[Cue]:
    """Cut words into sentences short enough to read, each of one speaker."""
    return _cut(spoken.words, spoken.speakers)


def block_cues(spoken: LabelledWords) -> list[Cue]:
    """One cue for all that a speaker says without a pause or another speaker between."""
    return _cues_of(group_words(spoken.words, spoken.speakers))


def _cut(words: Sequence[Word], speakers: Sequence[str]) -> list[Cue]:
    cut: list[tuple[str, list[Word]]] = []
    for word, speaker in zip(words, speakers, strict=True):
        if not cut or speaker != cut[-1][0] or _starts_a_cue(cut[-1][1], word):
            cut.append((speaker, []))
        cut[-1][1].append(word)
    return [_cue(said, speaker) for speaker, said in cut]


def _starts_a_cue(words: list[Word], following: Word) -> bool:
    shown = len(_cue([*words, following]).text)
    return (
        words[-1].text.endswith(_SENTENCE_ENDS)
        or following.start - words[-1].end > LONGEST_PAUSE_S
        or following.end - words[0].start > LONGEST_CUE_S
        or shown > LONGEST_CUE_CHARACTERS
    )


def _cue(words: list[Word], speaker: str = "") -> Cue:
    end = max(word.end for word in words)
    return Cue(words[0].start, end, " ".join(word.text for word in words), speaker)


def speaker_cues(transcript: LabelledTranscript | NamedTranscript) -> list[Cue]:
    """One cue per block, or per turn where nobody transcribed."""
    if isinstance(transcript, NamedTranscript) and transcript.turns:
        return [Cue(turn.start, turn.end, "", turn.speaker) for turn in transcript.turns]
    return _cues_of(transcript.blocks)


def _cues_of(blocks: Sequence[Block]) -> list[Cue]:
    return [Cue(b.start_ms / 1000, b.end_ms / 1000, b.text, b.speaker) for b in blocks]


def duration_of(said: Transcription) -> float:
    """The engine's word for it, else the end of the last word."""
    if said.duration is not None:
        return said.duration
    return max((word.end for word in said.words), default=0.0)


def cues_in(written: str) -> list[Cue]:
    """The cues of what `native.named_json` told.

    Raises
    ------
    ValueError
        When it is something else.
    """
    try:
        segments = json.loads(written)["segments"]
        return [_json_cue(segment) for segment in segments]
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("expected a transcript") from error


def _json_cue(segment: dict[str, str | float]) -> Cue:
    speaker, text = str(segment["speaker"]), str(segment.get("text", ""))
    if "start_s" in segment:
        return Cue(float(segment["start_s"]), float(segment["end_s"]), text, speaker)
    start, end = float(segment["start_ms"]), float(segment["end_ms"])
    return Cue(start / 1000, end / 1000, text, speaker)
