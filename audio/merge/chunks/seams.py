"""The seam between the words of two overlapping parts of a recording.

Both parts have the words of the time that they share, but a recogniser places a word up to 0.16 s
earlier or later in another part, and hears words at an edge differently. So the two are aligned,
and the seam is where they agree: after a word that both have.

Conventions
-----------
Times are in seconds of the recording. Words are sorted by start.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from audio.merge.values import Word

# Parakeet's and Whisper's answers for two parts place a word up to 0.2 s apart; twice that and a
# little more still is one word, where the words around it agree.
MOST_APART_S = 0.5
# A word that both parts have with different texts is a worse seam than one that they agree on.
_OTHER_TEXT = 0.01


@dataclass(frozen=True, slots=True)
class _Pair:
    """The indices of a word that both parts have, and whether its texts are equal."""

    one: int
    other: int
    is_equal: bool


def join_at_seam(
    one: Sequence[Word], other: Sequence[Word], *, begin: float, border: float
) -> list[Word]:
    """Join the words of two overlapping parts, each word as often as it was said.

    Words that both parts have are found by text and time: those with the most agreement in order
    (Needleman and Wunsch, 1970). The seam is after such a word, the nearest to the border: with
    equal texts, else one whose times overlap by half. Without any, a word belongs to the part in
    whose time its midpoint is.

    Parameters
    ----------
    one, other
        The words of the earlier and of the later part, in seconds of the recording, by start.
    begin
        When the later part begins.
    border
        When the time of the later part alone begins.

    Returns
    -------
    list of Word
        By start; words of the later part begin no earlier than the word before the seam.

    Examples
    --------
    >>> one = [Word(8.0, 8.4, "good"), Word(8.9, 9.1, "day")]
    >>> other = [Word(8.1, 8.5, "good"), Word(9.0, 9.2, "day"), Word(9.5, 9.9, "all")]
    >>> [word.text for word in join_at_seam(one, other, begin=8.0, border=9.0)]
    ['good', 'day', 'all']

    """
    first = bisect_left(one, begin - MOST_APART_S, key=lambda word: word.start)
    last_s = max((word.end for word in one[first:]), default=begin)
    last = bisect_left(other, last_s + MOST_APART_S, key=lambda word: word.start)
    pairs = _align(one[first:], other[:last])
    equal = [pair for pair in pairs if pair.is_equal]
    if not pairs:
        return [
            *(word for word in one if _middle(word) < border),
            *(word for word in other if _middle(word) >= border),
        ]
    seam = min(equal or pairs, key=lambda pair: abs(_middle(one[first + pair.one]) - border))
    before = one[: first + seam.one + 1]
    return [*before, *(_from(word, before[-1].start) for word in other[seam.other + 1 :])]


def _align(one: Sequence[Word], other: Sequence[Word]) -> list[_Pair]:
    """Pair words in order, so that the sum of their agreements is greatest."""
    agreement, is_equal = _agreements(one, other)
    best = np.zeros((len(one) + 1, len(other) + 1))
    for row, agreed in enumerate(agreement):
        paired = np.where(agreed > 0, best[row, :-1] + agreed, 0.0)
        best[row + 1, 1:] = np.maximum.accumulate(np.maximum(best[row, 1:], paired))
    pairs, row, column = [], len(one), len(other)
    while row and column:
        if best[row, column] == best[row - 1, column]:
            row -= 1
        elif best[row, column] == best[row, column - 1]:
            column -= 1
        else:
            row, column = row - 1, column - 1
            pairs.append(_Pair(row, column, bool(is_equal[row, column])))
    return pairs[::-1]


def _agreements(
    one: Sequence[Word], other: Sequence[Word]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return how well words agree, 0 to 1, and whether texts are equal; shape ``(one, other)``."""
    starts = np.array([word.start for word in one]), np.array([word.start for word in other])
    ends = np.array([word.end for word in one]), np.array([word.end for word in other])
    texts = [np.array([_plain(word.text) for word in some], dtype=object) for some in (one, other)]
    is_equal = np.equal.outer(*texts).astype(np.bool_).reshape(len(one), len(other))
    near = 1.0 - np.abs(np.subtract.outer(*starts)) / MOST_APART_S
    shared = np.minimum.outer(*ends) - np.maximum.outer(*starts)
    shorter = np.minimum.outer(ends[0] - starts[0], ends[1] - starts[1])
    overlapping = np.where((shared > shorter / 2) & (shorter > 0), _OTHER_TEXT, 0.0)
    return np.where(is_equal & (near > 0), near, overlapping), is_equal & (near > 0)


def _plain(text: str) -> str:
    """Return a text without case and marks, in which two answers often differ."""
    bare = "".join(sign for sign in text.casefold() if sign.isalnum())
    return bare or text.strip()


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2


def _from(word: Word, earliest: float) -> Word:
    """Return a word that begins no earlier, so that words sorted by start keep their order."""
    if word.start >= earliest:
        return word
    return replace(word, start=earliest, end=max(word.end, earliest))
