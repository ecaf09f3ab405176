"""How right is a named transcript? Against what was really said, word by word."""

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
    """A text under a name."""

    name: str
    text: str


def score(reference: Iterable[Said], transcript: Iterable[Said]) -> Score:
    """Align the two, each in order of time, and count.

    A word is rightly named when it stands in the transcript, recognized or misheard, under the
    name of who said it. A word that is missing there is not.
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
    """The words of a text without case, punctuation and the accidents of spelling."""
    normalized: str = _normal(text)
    return normalized.split()


def _named_words(said: Iterable[Said]) -> tuple[Sequence[str], Sequence[str]]:
    pairs = [(entry.name, word) for entry in said for word in normal_words(entry.text)]
    return [name for name, _ in pairs], [word for _, word in pairs]
