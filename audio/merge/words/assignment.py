"""The assignment of words to speakers, and the grouping of words into blocks.

Conventions
-----------
Words and turns are in seconds, blocks in whole milliseconds. Turns may overlap each other and come
in any order; the "first" of several turns is the one that starts first, then the one listed first.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from audio.merge.intervals import NOISE_S, Indices, Times, edges, latest_end_so_far
from audio.merge.values import UNKNOWN_SPEAKER, Block, Turn, Word
from audio.merge.words.word_spacing import LONGEST_PAUSE_S, join_words

MAX_SILENCE_S = LONGEST_PAUSE_S


def label_words(
    words: Sequence[Word], turns: Sequence[Turn], *, tolerance_s: float = 0.0
) -> list[str]:
    """Label each word with its speaker.

    A word belongs to the speaker of the first turn that contains its midpoint, both ends included;
    else of the turn that overlaps the word longest (ties: the first); else of the nearest turn at
    most ``tolerance_s`` away (ties: the first); else to ``Speaker_unknown``.

    Parameters
    ----------
    words, turns
        In any order, in seconds. Costs O((words + turns) log turns).
    tolerance_s
        The largest gap, in seconds, between a word and the nearest turn; 0 switches that rule
        off.

    Returns
    -------
    list of str
        One label per word, in the order of ``words``; empty for no words.

    Raises
    ------
    ValueError
        When a time is not finite.

    Examples
    --------
    >>> label_words([Word(1.0, 2.0, "hi"), Word(7.0, 8.0, "so")], [Turn(0.0, 3.0, "Speaker_0")])
    ['Speaker_0', 'Speaker_unknown']

    """
    chosen = find_turns(words, turns, tolerance_s=tolerance_s)
    labels = np.array([*(turn.speaker for turn in turns), UNKNOWN_SPEAKER], dtype=object)
    speakers: list[str] = labels[chosen].tolist()
    return speakers


def find_turns(
    words: Sequence[Word], turns: Sequence[Turn], *, tolerance_s: float = 0.0
) -> Indices:
    """Find the turn that each word belongs to, as `label_words` does.

    Returns
    -------
    NDArray
        Indices into ``turns``, -1 for a word without a turn; shape ``(words,)``.

    Raises
    ------
    ValueError
        When a time is not finite.

    """
    starts, ends = edges(words)
    return _turn_of_each_word(starts, ends, _SortedTurns(turns), tolerance_s)


def group_words(
    words: Sequence[Word], speakers: Sequence[str], *, max_silence_s: float = MAX_SILENCE_S
) -> list[Block]:
    """Group words into blocks of one speaker.

    Words are sorted by start (ties: as listed); a new block begins where the speaker changes or
    after more than ``max_silence_s`` without a word, compared in whole milliseconds. A block ends
    at the latest end of its words. Words without text are left out.

    Parameters
    ----------
    words, speakers
        As many labels as words; times in seconds.
    max_silence_s
        The longest silence inside a block, in seconds.

    Returns
    -------
    list of Block
        Sorted by start, times rounded to milliseconds; empty for no words.

    Raises
    ------
    ValueError
        When the numbers of words and labels differ, or a time is not finite.

    Examples
    --------
    >>> group_words([Word(1.0, 1.5, "Good"), Word(1.5, 2.0, "day")], ["Ann", "Ann"])
    [Block(start_ms=1000, end_ms=2000, speaker='Ann', text='Good day')]

    """
    if len(words) != len(speakers):
        raise ValueError(f"one label per word, got {len(speakers)} labels for {len(words)} words")
    has_text = np.array([bool(word.text.strip()) for word in words], dtype=np.bool_)
    starts, ends = edges(words)
    order = np.argsort(starts, kind="stable")
    order = order[has_text[order]]
    if not order.size:
        return []
    starts = milliseconds(starts[order])
    ends = np.maximum(milliseconds(ends[order]), starts)
    labels = np.array(speakers, dtype=object)[order]
    first = _first_words(starts, ends, labels, round(max_silence_s * 1000))
    ordered = [words[at] for at in order.tolist()]
    begin_end = pairwise([*first.tolist(), len(ordered)])
    block_ends = np.maximum.reduceat(ends, first).tolist()
    return [
        _block(int(starts[a]), int(end), labels[a], ordered[a:b])
        for (a, b), end in zip(begin_end, block_ends, strict=True)
    ]


def _block(start_ms: int, end_ms: int, speaker: str, words: Sequence[Word]) -> Block:
    return Block(start_ms, end_ms, speaker, join_words(words), tuple(words))


def milliseconds(times: Times) -> Times:
    """Round times to whole milliseconds.

    Parameters
    ----------
    times
        Seconds, any shape.

    Returns
    -------
    NDArray
        Integral milliseconds, as floats, of the same shape.

    Examples
    --------
    >>> milliseconds(np.array([0.29, 1.001]))
    array([ 290., 1001.])

    """
    return np.rint(times * 1000.0)


def _first_words(
    starts: Times, ends: Times, labels: NDArray[np.object_], max_silence_ms: float
) -> Indices:
    changed = np.ones(len(starts), dtype=np.bool_)
    changed[1:] = labels[1:] != labels[:-1]
    latest = latest_end_so_far(ends, np.cumsum(changed))
    changed[1:] |= starts[1:] - latest[:-1] > max_silence_ms
    return np.flatnonzero(changed)


class _SortedTurns:
    """Turns sorted by start, with the arrays that the searches need.

    ``latest`` is the running maximum of the ends: the first turn whose ``latest`` reaches a time
    is also the first turn that ends at or after that time.
    """

    def __init__(self, turns: Sequence[Turn]) -> None:
        starts, ends = edges(turns)
        self.order = np.argsort(starts, kind="stable")
        self.starts, self.ends = starts[self.order], ends[self.order]
        self.latest = np.maximum.accumulate(self.ends)


def _turn_of_each_word(
    starts: Times, ends: Times, turns: _SortedTurns, tolerance_s: float
) -> Indices:
    """Return the index, in the caller's list, of each word's turn; -1 for a word without one."""
    chosen = np.full(len(starts), -1, dtype=np.intp)
    if not len(turns.order):
        return chosen
    chosen = _first_around(starts / 2 + ends / 2, turns)
    left = np.flatnonzero((chosen < 0) & (ends > starts))
    chosen[left] = _longest_overlap(starts[left], ends[left], turns)
    if tolerance_s > 0:
        left = np.flatnonzero(chosen < 0)
        chosen[left] = _nearest(starts[left], ends[left], turns, tolerance_s)
    return np.where(chosen < 0, -1, turns.order[chosen])


def _first_around(times: Times, turns: _SortedTurns) -> Indices:
    first = np.searchsorted(turns.latest, times, side="left")
    begun = np.searchsorted(turns.starts, times, side="right")
    return np.where(first < begun, first, -1)


def _longest_overlap(starts: Times, ends: Times, turns: _SortedTurns) -> Indices:
    """Return the turn that overlaps each word longest, for words whose midpoint is in no turn.

    Three candidates are compared, in the order of their starts: the latest to end of the turns
    that start before the word, the longest of those inside it, the first of those that outlast it.
    A turn that starts after the first one to outlast the word overlaps the word less than that
    one does.
    """
    begun = np.searchsorted(turns.starts, starts, side="right")
    stop = np.searchsorted(turns.starts, ends, side="left")
    outlasting = np.searchsorted(turns.latest, ends, side="right")
    reach = np.where(begun > 0, turns.latest[begun - 1], -np.inf)
    before = np.searchsorted(turns.latest, reach, side="left")
    inside = _longest_between(turns.ends - turns.starts, begun, np.minimum(outlasting, stop))
    candidates = np.stack((before, inside, np.where(outlasting < stop, outlasting, -1)))
    shared = np.minimum(turns.ends[candidates], ends) - np.maximum(
        turns.starts[candidates], starts
    )
    shared[candidates < 0] = 0.0
    best = np.argmax(shared, axis=0)
    word = np.arange(len(starts))
    return np.where(shared[best, word] > 0, candidates[best, word], -1)


def _longest_between(lengths: Times, begin: Indices, stop: Indices) -> Indices:
    """Return the index of the first largest of ``lengths[begin:stop]`` for each range.

    An empty range gives -1. Row k of a sparse table has the largest of every 2**k neighbours, so
    two overlapping lookups answer a range (Bender and Farach-Colton, The LCA problem revisited,
    2000, section 3).
    """
    size = np.maximum(stop - begin, 0)
    table = [np.arange(len(lengths))]
    while 2 ** len(table) <= size.max(initial=0):
        half = 2 ** (len(table) - 1)
        table.append(_longer(lengths, table[-1][:-half], table[-1][half:]))
    found = np.full(len(begin), -1, dtype=np.intp)
    level = np.frexp(size.astype(np.float64))[1] - 1
    for k in range(len(table)):
        at = np.flatnonzero(level == k)
        found[at] = _longer(lengths, table[k][begin[at]], table[k][stop[at] - 2**k])
    return found


def _longer(lengths: Times, one: Indices, other: Indices) -> Indices:
    return np.where(lengths[other] > lengths[one], other, one)


def _nearest(starts: Times, ends: Times, turns: _SortedTurns, tolerance_s: float) -> Indices:
    begun = np.searchsorted(turns.starts, starts, side="right")
    reach = np.where(begun > 0, turns.latest[begun - 1], -np.inf)
    before = np.searchsorted(turns.latest, reach, side="left")
    after = np.minimum(begun, len(turns.starts) - 1)
    lead = np.where(begun < len(turns.starts), turns.starts[after] - ends, np.inf)
    lead, lag = np.maximum(lead, 0.0), np.maximum(starts - reach, 0.0)
    nearest = np.where(lag <= lead + NOISE_S, before, after)
    return np.where(np.minimum(lag, lead) <= tolerance_s + NOISE_S, nearest, -1)
