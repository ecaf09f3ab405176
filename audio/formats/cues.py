"""Transcripts cut into cues: subtitles, lines of text, and the rows of RTTM and STM."""

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
from audio.merge.word_spacing import join_words

# Subtitles are read at a glance: a sentence, at most two lines of 42 characters, at most 7 s, and
# never across a pause.
LONGEST_CUE_S = 7.0
LONGEST_CUE_CHARACTERS = 84
LONGEST_PAUSE_S = 1.5
_SENTENCE_ENDS = (".", "?", "!", "…", "。", "\uff1f", "\uff01")


@dataclass(frozen=True, slots=True)
class Cue:
    """Text shown, or drawn, from start to end, in seconds; empty where no words are known."""

    start: float
    end: float
    text: str
    speaker: str = ""


def sentence_cues(transcription: Transcription) -> list[Cue]:
    """Cut a transcription into sentences short enough to read; without words it is one cue."""
    if not transcription.words:
        text = transcription.text
        return [Cue(0.0, duration_of(transcription), text)] if text else []
    return _cut(transcription.words, [""] * len(transcription.words))


def labelled_sentence_cues(labelled: LabelledWords) -> list[Cue]:
    """Cut words into sentences short enough to read, each of one speaker."""
    return _cut(labelled.words, labelled.speakers)


def block_cues(labelled: LabelledWords) -> list[Cue]:
    """Return one cue per block: words of one speaker, without a pause or a change of speaker."""
    return _cues_of(group_words(labelled.words, labelled.speakers))


def transcript_cues(transcript: LabelledTranscript | NamedTranscript) -> list[Cue]:
    """Return one cue per block, or per turn for a transcript without words."""
    if isinstance(transcript, NamedTranscript) and transcript.turns:
        return [Cue(turn.start, turn.end, "", turn.speaker) for turn in transcript.turns]
    return _cues_of(transcript.blocks)


def duration_of(transcription: Transcription) -> float:
    """Return the duration that the engine reports, else the end of the last word, in seconds."""
    if transcription.duration is not None:
        return transcription.duration
    return max((word.end for word in transcription.words), default=0.0)


def _cut(words: Sequence[Word], speakers: Sequence[str]) -> list[Cue]:
    cut: list[tuple[str, list[Word]]] = []
    for word, speaker in zip(words, speakers, strict=True):
        if not cut or speaker != cut[-1][0] or _starts_a_cue(cut[-1][1], word):
            cut.append((speaker, []))
        cut[-1][1].append(word)
    return [_cue(own, speaker) for speaker, own in cut]


def _starts_a_cue(words: list[Word], following: Word) -> bool:
    length = len(_cue([*words, following]).text)
    return (
        words[-1].text.endswith(_SENTENCE_ENDS)
        or following.start - words[-1].end > LONGEST_PAUSE_S
        or following.end - words[0].start > LONGEST_CUE_S
        or length > LONGEST_CUE_CHARACTERS
    )


def _cue(words: list[Word], speaker: str = "") -> Cue:
    end = max(word.end for word in words)
    return Cue(words[0].start, end, join_words(words), speaker)


def _cues_of(blocks: Sequence[Block]) -> list[Cue]:
    return [Cue(b.start_ms / 1000, b.end_ms / 1000, b.text, b.speaker) for b in blocks]
