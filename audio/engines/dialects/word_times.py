"""The times of words: those that an engine gave, and estimates for those that it left out.

Aligners leave out the times of what they cannot spell, such as numbers; some servers give the
times of segments alone. A word without times is placed between its neighbours, and the words of a
segment are spread over it by their number of characters.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby
from math import inf

from audio.merge.values import Span, Word
from audio.merge.words.doubtful_times import LONGEST_WORD_S, USUAL_WORD_S
from audio.merge.words.word_spacing import split_words


@dataclass(frozen=True, slots=True)
class TimedText:
    """A word, or the words of a segment, with the times that the engine gave, in seconds.

    `segment` is the time of the segment around a word, as far as it is known.
    """

    text: str
    start: float | None = None
    end: float | None = None
    has_words: bool = False
    segment: tuple[float | None, float | None] = (None, None)
    confidence: float | None = None

    @property
    def longest_s(self) -> float:
        """How long it may last where its times are estimated."""
        return LONGEST_WORD_S * (len(_parts(self.text)) if self.has_words else 1)


def place_words(texts: Sequence[TimedText], length_s: float | None) -> list[Word]:
    """Give every word its times, in seconds, in the order in which the engine listed them.

    A start or an end that is missing, and both, are estimated from the neighbours. Without any
    time there are no words. `length_s` is the length of the recording, None where it is unknown.
    """
    if all(text.start is None and text.end is None for text in texts):
        return []
    latest = inf if length_s is None else length_s
    timed = _between(list(_with_ends(list(_with_starts(texts)), latest)), latest)
    pairs = zip(timed, texts, strict=True)
    return list(chain.from_iterable(_words(text, given) for text, given in pairs))


def _with_starts(texts: Iterable[TimedText]) -> Iterator[TimedText]:
    """Give a start to a text that has only an end: the end before it, if that is near."""
    reached = 0.0
    for text in texts:
        if text.start is None and text.end is not None:
            earliest = max(reached, text.segment[0] or 0.0, text.end - text.longest_s)
            text = replace(text, start=min(earliest, text.end))
        reached = reached if text.end is None else max(reached, text.end)
        yield text


def _with_ends(texts: Sequence[TimedText], latest: float) -> Iterator[TimedText]:
    """Give an end to a text that has only a start: the start after it, if that is near."""
    following: float | None = None
    reversed_texts = []
    for text in reversed(texts):
        if text.start is not None:
            if text.end is None:
                stop = text.segment[1] or min(latest, text.start + USUAL_WORD_S)
                stop = stop if following is None else following
                end = max(text.start, min(stop, text.start + text.longest_s))
                text = replace(text, end=end)
            following = text.start
        reversed_texts.append(text)
    yield from reversed(reversed_texts)


def _between(texts: Sequence[TimedText], latest: float) -> Iterator[TimedText]:
    """Place the texts without times between those before and after them."""
    reached: float | None = None
    starts = [text.start for text in texts]
    at = 0
    for (is_missing, segment), group in groupby(texts, lambda t: (t.start is None, t.segment)):
        run = list(group)
        at += len(run)
        if not is_missing:
            yield from run
            reached = max(text.end or 0.0 for text in run)
            continue
        low, high = segment
        begin = low if reached is None else max(reached, low or 0.0)
        following = next((start for start in starts[at:] if start is not None), latest)
        placed = list(_placed(run, begin, min(following, latest if high is None else high)))
        yield from placed
        reached = placed[-1].end


def _placed(run: Sequence[TimedText], begin: float | None, stop: float) -> Iterator[TimedText]:
    """Place texts after each other from `begin`, else up to `stop`, where nothing is before."""
    room = max(0.0, stop - (begin or 0.0))
    characters = sum(len(text.text) for text in run)
    lengths = [min(text.longest_s, room * len(text.text) / characters) for text in run]
    at = max(0.0, stop - sum(lengths)) if begin is None else begin
    for text, length in zip(run, lengths, strict=True):
        yield replace(text, start=at, end=at + length)
        at += length


def _words(timed: TimedText, given: TimedText) -> Iterator[Word]:
    """Yield a word, or the words of a segment spread over it by their number of characters."""
    start, end = timed.start or 0.0, timed.end or 0.0
    parts = _parts(timed.text) if timed.has_words else [timed.text]
    if len(parts) == 1:
        is_estimated = given.start is None or given.end is None
        yield Word(start, end, timed.text, is_estimated=is_estimated, confidence=timed.confidence)
        return
    segment = Span(start, end)
    rate = (end - start) / sum(map(len, parts))
    said = 0
    for part in parts:
        times = start + rate * said, start + rate * (said + len(part))
        yield Word(*times, part, is_estimated=True, segment=segment, confidence=timed.confidence)
        said += len(part)


def _parts(text: str) -> list[str]:
    return [word.group() for word in split_words(text)]
