"""Windows in which a recording is recognized, and which window a word at a cut belongs to.

A window is short because attention is quadratic and Parakeet's table of positions ends at 400 s.
Neighbours overlap, so that no word is heard only in half.
"""

import itertools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nvidia_engine.features import SAMPLE_RATE, SampleSource

# Seconds after a cut in which the next cut is looked for: at most 24 s, and not many short
# windows.
EARLIEST_S, LATEST_S = 16, 24
# Both sides of a cut are heard half a second into the other side.
OVERLAP_S = 0.5
# The same word of two windows, recognized apart, differs by a few 80 ms frames.
SAME_WORD_S = 0.3
_QUIET = SAMPLE_RATE // 10


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a recording: what is recognized, and between which cuts it decides (samples)."""

    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Word:
    """A recognized word: text, seconds, and the least probability of its tokens."""

    text: str
    start: float
    end: float
    confidence: float

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2


def split_windows(samples: SampleSource) -> list[Window]:
    """Cut a recording at the quietest 100 ms between 16 and 24 s after each cut."""
    cuts = [0]
    while len(samples) - cuts[-1] > LATEST_S * SAMPLE_RATE:
        cuts.append(_quietest(samples, cuts[-1]))
    cuts.append(len(samples))
    margin = int(OVERLAP_S * SAMPLE_RATE)
    return [
        Window(max(first - margin, 0), min(last + margin, len(samples)), first, last)
        for first, last in itertools.pairwise(cuts)
    ]


def _quietest(samples: SampleSource, cut: int) -> int:
    """Find the middle of the quietest 100 ms of the range for the next cut."""
    first = cut + EARLIEST_S * SAMPLE_RATE
    range_ = np.asarray(samples[first : cut + LATEST_S * SAMPLE_RATE], np.float64)
    energy = np.concatenate([[0.0], np.cumsum(range_**2)])
    return first + int(np.argmin(energy[_QUIET:] - energy[:-_QUIET])) + _QUIET // 2


def join_words(windows: Sequence[Window], words: Sequence[Sequence[Word]]) -> list[Word]:
    """Join the words of neighbouring windows, each on the side of the cut that holds its middle.

    A word that both sides claim stays once, and so does one that each side leaves to the other.

    Parameters
    ----------
    words
        For each window its words, with times in the recording.
    """
    joined: list[Word] = []
    for index, window in enumerate(windows):
        first, last = window.first / SAMPLE_RATE, window.last / SAMPLE_RATE
        is_final = index == len(windows) - 1
        own = [w for w in words[index] if w.middle >= first or index == 0]
        own = [w for w in own if w.middle < last or is_final]
        if index:
            before = [w for w in words[index - 1] if w.middle >= first]
            after = [w for w in words[index] if w.middle < first]
            own = [w for w in before if _is_heard_in(w, after)] + own
            own = [w for w in own if not _is_heard_in(w, joined[-3:])]
        joined += own
    return joined


def _is_heard_in(word: Word, others: Sequence[Word]) -> bool:
    return any(
        _spelling(word.text) == _spelling(other.text)
        and abs(word.middle - other.middle) <= SAME_WORD_S
        for other in others
    )


def _spelling(text: str) -> str:
    kept = (sign for sign in text if unicodedata.category(sign)[0] not in "PS")
    return "".join(kept).casefold() or text
