"""Transcripts cut into what is shown, or drawn, at once."""

from dataclasses import dataclass

from audio.merge.timeline import LabelledTranscript, NamedTranscript, Transcription, Word

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
    cut: list[list[Word]] = [[]]
    for word in said.words:
        if cut[-1] and _starts_a_cue(cut[-1], word):
            cut.append([])
        cut[-1].append(word)
    return [_cue(words) for words in cut]


def _starts_a_cue(words: list[Word], following: Word) -> bool:
    shown = len(_cue([*words, following]).text)
    return (
        words[-1].text.endswith(_SENTENCE_ENDS)
        or following.start - words[-1].end > LONGEST_PAUSE_S
        or following.end - words[0].start > LONGEST_CUE_S
        or shown > LONGEST_CUE_CHARACTERS
    )


def _cue(words: list[Word]) -> Cue:
    return Cue(words[0].start, words[-1].end, " ".join(word.text for word in words))


def speaker_cues(transcript: LabelledTranscript | NamedTranscript) -> list[Cue]:
    """One cue per block, or per turn where nobody transcribed."""
    if isinstance(transcript, NamedTranscript) and transcript.turns:
        return [Cue(turn.start, turn.end, "", turn.speaker) for turn in transcript.turns]
    return [Cue(b.start_ms / 1000, b.end_ms / 1000, b.text, b.speaker) for b in transcript.blocks]


def duration_of(said: Transcription) -> float:
    """The engine's word for it, else the end of the last word."""
    if said.duration is not None:
        return said.duration
    return max((word.end for word in said.words), default=0.0)
