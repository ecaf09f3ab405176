"""The speakers of words whose times are not to be believed.

Recognisers hold the last word of a sentence over the pause that follows it (Parakeet for up to
2.6 s), give some words no length, or give the times of whole segments alone.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from audio.merge.assignment import MAX_SILENCE_S, find_turns, label_words
from audio.merge.intervals import edges
from audio.merge.values import Span, Turn, Word

# Few words last longer: what is longer at the end of a sentence holds a pause.
LONGEST_WORD_S = 1.0
# A word's length at 200 words a minute, a usual rate of speech.
USUAL_WORD_S = 0.3
_SENTENCE_END = re.compile(r"""[.?!…。？！।؟]["'”’»)\]」』）]*$""")  # noqa: RUF001


def trim_drawn_out(
    words: Sequence[Word], turns: Sequence[Turn], *, tolerance_s: float = 0.0
) -> tuple[Word, ...]:
    """End the words that are drawn out over a pause where their turn ends.

    A word longer than 1 s at the end of a sentence, or of the recording, belongs to the turn in
    which its first 0.3 s are. A word that begins in no turn is unchanged.

    Parameters
    ----------
    words, turns
        In any order, in seconds.
    tolerance_s
        The largest gap, in seconds, between a word and the nearest turn.

    Returns
    -------
    tuple of Word
        As many words, in the same order.

    Examples
    --------
    >>> turns = [Turn(0.0, 4.4, "A"), Turn(4.6, 9.0, "B")]
    >>> trim_drawn_out([Word(3.9, 6.5, "cast.")], turns)
    (Word(start=3.9, end=4.4, text='cast.'),)

    """
    last = max(range(len(words)), key=lambda at: words[at].start, default=-1)
    drawn = [
        at
        for at, word in enumerate(words)
        if word.segment is None
        and word.end - word.start > LONGEST_WORD_S
        and (at == last or _SENTENCE_END.search(word.text.strip()))
    ]
    beginnings = [replace(words[at], end=words[at].start + USUAL_WORD_S) for at in drawn]
    found = find_turns(beginnings, turns, tolerance_s=tolerance_s).tolist()
    trimmed = list(words)
    for at, beginning, turn in zip(drawn, beginnings, found, strict=True):
        if turn >= 0:
            end = max(beginning.end, min(words[at].end, turns[turn].end))
            trimmed[at] = replace(words[at], end=end)
    return tuple(trimmed)


def label_doubtful_words(
    words: Sequence[Word], turns: Sequence[Turn], *, tolerance_s: float = 0.0
) -> list[str]:
    """Label each word with its speaker, where the times of some words are doubtful.

    A word of a segment whose words have no times belongs to the nearest of the turns that the
    segment overlaps by more than the tolerance. A word without length belongs to the speaker of
    the nearer neighbour that has one (ties: the one before), if that is at most 1.5 s away. All
    other words are labelled as by `label_words`.

    Parameters
    ----------
    words, turns
        In any order, in seconds.
    tolerance_s
        The largest gap, in seconds, between a word and the nearest turn.

    Returns
    -------
    list of str
        One label per word, in the order of ``words``.

    Examples
    --------
    >>> turns = [Turn(0.0, 6.0, "A"), Turn(6.0, 9.0, "B")]
    >>> label_doubtful_words([Word(6.1, 6.1, "so"), Word(6.1, 6.5, "yes")], turns)
    ['B', 'B']

    """
    speakers = label_words(words, turns, tolerance_s=tolerance_s)
    _label_segments(words, turns, speakers, tolerance_s)
    _label_without_length(words, speakers)
    return speakers


def _label_segments(
    words: Sequence[Word], turns: Sequence[Turn], speakers: list[str], tolerance_s: float
) -> None:
    starts, ends = edges(turns)
    for segment, group in groupby(range(len(words)), lambda at: words[at].segment):
        if segment is None:
            continue
        core = _core(segment, tolerance_s)
        near = np.flatnonzero((starts < core.end) & (ends > core.start)).tolist()
        inside = list(group)
        if near:
            own = [words[at] for at in inside]
            labels = label_words(own, [turns[at] for at in near], tolerance_s=np.inf)
            for at, label in zip(inside, labels, strict=True):
                speakers[at] = label


def _core(segment: Span, tolerance_s: float) -> Span:
    """Return a segment without its edges, which are as uncertain as those of turns."""
    margin = min(tolerance_s, (segment.end - segment.start) / 4)
    return Span(segment.start + margin, segment.end - margin)


def _label_without_length(words: Sequence[Word], speakers: list[str]) -> None:
    order = sorted(range(len(words)), key=lambda at: words[at].start)
    long = [at for at in order if words[at].end > words[at].start]
    if not long:
        return
    starts = np.array([words[at].start for at in long])
    for at in order:
        word = words[at]
        if word.end > word.start:
            continue
        after = int(np.searchsorted(starts, word.start, side="left"))
        sides = [(one, _gap(words[one], word)) for one in long[max(0, after - 1) : after + 1]]
        neighbour, gap = min(sides, key=lambda side: side[1])
        if gap <= MAX_SILENCE_S:
            speakers[at] = speakers[neighbour]


def _gap(word: Word, point: Word) -> float:
    return max(0.0, word.start - point.start, point.start - word.end)
