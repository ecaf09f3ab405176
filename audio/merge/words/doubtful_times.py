"""The speakers of words whose times are not to be believed.

Recognisers hold the last word of a sentence over the pause that follows it (Parakeet for up to
2.6 s), begin the first word of a sentence where the one before ended (Whisper), give some words no
length, or give the times of whole segments alone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

import numpy as np

from audio.merge.intervals import edges
from audio.merge.values import Span, Turn, Word
from audio.merge.words.assignment import MAX_SILENCE_S, find_turns, label_words

# Few words last longer: what is longer at the end of a sentence holds a pause.
LONGEST_WORD_S = 1.0
# Twice the usual length: a longer first word may hold the pause before it.
LONGEST_FIRST_WORD_S = 0.6
# A word's length at 200 words a minute, a usual rate of speech.
USUAL_WORD_S = 0.3
_SENTENCE_END = re.compile(r"""[.?!…。？！।؟]["'”’»)\]」』）]*$""")  # noqa: RUF001


def trim_drawn_out(
    words: Sequence[Word], turns: Sequence[Turn], *, tolerance_s: float = 0.0
) -> tuple[Word, ...]:
    """End, or begin, the words that are drawn out over a pause where their turn does.

    A word longer than 1 s at the end of a sentence, or of the recording, belongs to the turn in
    which its first 0.3 s are. Another word longer than 0.6 s at the beginning of a sentence
    belongs to the turn in which its last 0.3 s are. A word in no turn is unchanged.

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
    >>> turns = [Turn(0.0, 4.4, "A"), Turn(6.0, 9.0, "B")]
    >>> said = [Word(3.9, 4.4, "cast."), Word(4.4, 6.3, "We"), Word(6.3, 6.5, "do.")]
    >>> [(word.start, word.end) for word in trim_drawn_out(said, turns)]
    [(3.9, 4.4), (6.0, 6.3), (6.3, 6.5)]

    """
    trimmed = list(words)
    order = sorted(range(len(words)), key=lambda at: words[at].start)
    ending = [at for at in order if _ends_sentence(words[at]) or at == order[-1]]
    drawn = [at for at in ending if _is_longer(words[at], LONGEST_WORD_S)]
    firsts = [replace(words[at], end=words[at].start + USUAL_WORD_S) for at in drawn]
    for at, first, turn in _in_turns(drawn, firsts, turns, tolerance_s):
        trimmed[at] = replace(words[at], end=max(first.end, min(words[at].end, turn.end)))
    ends = set(ending)
    beginning = [at for before, at in pairwise(order) if before in ends and at not in ends]
    drawn = [at for at in beginning if _is_longer(words[at], LONGEST_FIRST_WORD_S)]
    lasts = [replace(words[at], start=words[at].end - USUAL_WORD_S) for at in drawn]
    for at, last, turn in _in_turns(drawn, lasts, turns, tolerance_s):
        if words[at].start < turn.start - tolerance_s:
            trimmed[at] = replace(words[at], start=min(last.start, turn.start))
    return tuple(trimmed)


def _ends_sentence(word: Word) -> bool:
    return bool(_SENTENCE_END.search(word.text.strip()))


def _is_longer(word: Word, seconds: float) -> bool:
    return word.segment is None and word.end - word.start > seconds


def _in_turns(
    at: Sequence[int], parts: Sequence[Word], turns: Sequence[Turn], tolerance_s: float
) -> Iterator[tuple[int, Word, Turn]]:
    """Yield the words of whose parts the turn is known, with part and turn."""
    found = find_turns(parts, turns, tolerance_s=tolerance_s).tolist()
    for index, part, turn in zip(at, parts, found, strict=True):
        if turn >= 0:
            yield index, part, turns[turn]


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
