"""The clock of a timeline that has words, such as captions, found by the words alone.

A run of three words that occurs once in the transcription and once in the timeline is an anchor:
the same words at a time of the recording and at one of the timeline. Captions spread their words
evenly; anchors of one offset differ by less than 2 s.

Conventions
-----------
Times and offsets are in seconds, an offset is positive where the timeline is late.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from audio.merge.intervals import Times
from audio.merge.naming.clock.offset_search import CHANGE_NATS
from audio.merge.naming.clock.pieces import Piece, Pieces, refine_offsets
from audio.merge.naming.joint_table import Course
from audio.merge.values import Anchor, ShownText, Word
from audio.merge.words.word_spacing import split_words

RUN_WORDS = 3
# Five anchors that agree within 2 s give an offset. Source: the specification of timelines.
LEAST_ANCHORS = 5
AGREEMENT_S = 2.0
# Five anchors of another offset are worth a change of it, four are not.
ANCHOR_NATS = CHANGE_NATS / (LEAST_ANCHORS - 0.5)
MOST_OFFSETS = 50
# Longer texts are not compared: they would be of more than a day.
MOST_SIGNS = 2_000_000


def find_anchors(words: Iterable[Word], texts: Iterable[ShownText]) -> tuple[Anchor, ...]:
    """Find the runs of three words that occur once in a transcription and once in a timeline.

    Case and punctuation do not count. The words of a text are spread evenly over its time.

    Parameters
    ----------
    words
        The transcription, in seconds of the recording, in any order.
    texts
        What the timeline shows, in seconds by its own clock, in any order.

    Returns
    -------
    tuple of Anchor
        By their times in the recording; empty for texts of over two million characters.

    Examples
    --------
    >>> said = [Word(at, at + 0.5, text) for at, text in enumerate("we meet on Monday".split())]
    >>> find_anchors(said, [ShownText(60.0, 64.0, "We meet on Monday.")])
    (Anchor(recording_s=1.25, timeline_s=61.5), Anchor(recording_s=2.25, timeline_s=62.5))

    """
    said = _runs(_timed((word.start, word.end, word.text) for word in words))
    shown = _runs(_timed((one.start, one.end, one.text) for one in texts))
    both = (Anchor(time, shown[run]) for run, time in said.items() if run in shown)
    return tuple(sorted(both, key=lambda anchor: anchor.recording_s))


def pieces_by_text(anchors: Sequence[Anchor], speech: Course, shown: Course) -> Pieces:
    """Return the offset that the anchors agree on, or several where the recording was paused.

    Parameters
    ----------
    anchors
        By their times in the recording.
    speech, shown
        The course of the speakers and that of the names: within 0.6 s of the anchors' median the
        offset with the most information is taken.

    Returns
    -------
    tuple of Piece
        Each offset is that of five anchors within 2 s, and is larger than the one before; empty
        where no five agree.

    """
    late = np.array([anchor.timeline_s - anchor.recording_s for anchor in anchors])
    offsets = np.sort(np.array(list(_agreed(late))))
    if not len(offsets):
        return ()
    agree = np.abs(late - offsets[:, np.newaxis]) <= AGREEMENT_S / 2
    rows = _most_agreed(agree)
    pieces = [Piece(-np.inf, float(offsets[rows[0]]))]
    for at, (before, row) in enumerate(pairwise(rows)):
        if row != before:
            middle = (anchors[at].recording_s + anchors[at + 1].recording_s) / 2
            pieces.append(Piece(middle, float(offsets[row])))
    return refine_offsets(speech, shown, tuple(pieces))


def _timed(texts: Iterable[tuple[float, float, str]]) -> list[tuple[str, float]]:
    """Return the key and the middle of each word, in the order of time."""
    timed: list[tuple[str, float]] = []
    texts = list(texts)
    if sum(len(text) for *_, text in texts) > MOST_SIGNS:
        return []
    for start, end, text in sorted(texts):
        found = [key for match in split_words(text) if (key := _key(match.group()))]
        step = (end - start) / max(1, len(found))
        timed += [(key, start + (at + 0.5) * step) for at, key in enumerate(found)]
    return timed


def _key(word: str) -> str:
    return "".join(sign for sign in normalize("NFKC", word).casefold() if sign.isalnum())


def _runs(timed: Sequence[tuple[str, float]]) -> dict[tuple[str, ...], float]:
    """Return the time of the middle word of each run of words that occurs once."""
    middles: dict[tuple[str, ...], float] = {}
    repeated: set[tuple[str, ...]] = set()
    keys = [key for key, _ in timed]
    for at in range(len(keys) - RUN_WORDS + 1):
        run = tuple(keys[at : at + RUN_WORDS])
        if run in middles:
            repeated.add(run)
        middles[run] = timed[at + RUN_WORDS // 2][1]
    return {run: time for run, time in middles.items() if run not in repeated}


def _agreed(late: Times) -> Iterator[float]:
    """Yield the median of each five or more anchors within 2 s, the most first."""
    left = np.sort(late)
    for _ in range(MOST_OFFSETS):
        last = np.searchsorted(left, left + AGREEMENT_S, side="right")
        counts = last - np.arange(len(left))
        if not len(left) or counts.max() < LEAST_ANCHORS:
            return
        first = int(np.argmax(counts))
        yield float(np.median(left[first : last[first]]))
        left = np.delete(left, slice(first, last[first]))


def _most_agreed(agree: NDArray[np.bool_]) -> list[int]:
    """Return the offset at each anchor, so that most agree and few changes are made."""
    gained = ANCHOR_NATS * agree
    rows = np.arange(len(gained))
    best = gained[:, 0].copy()
    origins = [rows]
    for at in range(1, gained.shape[1]):
        highest = np.maximum.accumulate(best)
        leader = np.maximum.accumulate(np.where(best >= highest, rows, 0))
        changed = np.concatenate(([-np.inf], highest[:-1])) - CHANGE_NATS
        is_change = changed > best
        origins.append(np.where(is_change, np.concatenate(([0], leader[:-1])), rows))
        best = np.where(is_change, changed, best) + gained[:, at]
    row = int(np.argmax(best))
    traced = [row]
    for origin in reversed(origins[1:]):
        row = int(origin[row])
        traced.append(row)
    return traced[::-1]
