"""Scores of a named transcript against its reference, word by word."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import jiwer
from whisper_normalizer.english import EnglishTextNormalizer

# "420,000" and "four hundred and twenty thousand" are the same words, as in the Whisper paper.
_normal = EnglishTextNormalizer()


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of the reference's words: `word_error_rate` may exceed 1."""

    word_error_rate: float
    rightly_named: float
    words: int


@dataclass(frozen=True, slots=True)
class Said:
    """A text and its speaker."""

    name: str
    text: str


def score(reference: Iterable[Said], transcript: Iterable[Said]) -> Score:
    """Align two transcripts, each in order of time, and count.

    A reference word is rightly named when the transcript has it, correct or substituted, under its
    speaker's name. A deleted word is not.
    """
    names, words = _named_words(reference)
    given_names, given_words = _named_words(transcript)
    aligned = jiwer.process_words(" ".join(words), " ".join(given_words))
    right = sum(
        names[chunk.ref_start_idx + offset] == given_names[chunk.hyp_start_idx + offset]
        for chunk in aligned.alignments[0]
        if chunk.type in ("equal", "substitute")
        for offset in range(chunk.ref_end_idx - chunk.ref_start_idx)
    )
    return Score(aligned.wer, right / len(words), len(words))


def normal_words(text: str) -> list[str]:
    """Return the words of a text, normalized in case, punctuation and spelling."""
    normalized: str = _normal(text)
    return normalized.split()


def _named_words(said: Iterable[Said]) -> tuple[Sequence[str], Sequence[str]]:
    pairs = [(entry.name, word) for entry in said for word in normal_words(entry.text)]
    return [name for name, _ in pairs], [word for _, word in pairs]
