"""The words of a block: those of the engine with their times, and those of a corrected text.

A block stores the engine's words as `[start_ms, end_ms, text]`, then `true` for a word whose time
is estimated, and last its confidence where the engine gave one. The text of a word has the gap
before it, so that the words together are the engine's text. The words of a corrected text have
the times of the engine's words that they stand for; the rest is spread evenly over the time
between.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import accumulate, takewhile
from typing import Any
from unicodedata import category

from audio.merge import values
from audio.merge.words.word_spacing import gap_between, split_words
from voiceprints.models import Block
from voiceprints.transcripts.result_names import without_nul

# Longer corrected passages than this product of words are spread without comparing them.
MOST_COMPARED = 250_000
# The length of a stored word that has a confidence.
WITH_CONFIDENCE = 5


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word of a block, in milliseconds; `text` may begin with the gap before it.

    `confidence` is the engine's, from 0 to 1, None where it gave none or the word was corrected.
    """

    start_ms: int
    end_ms: int
    text: str
    is_estimated: bool = False
    confidence: float | None = None

    @property
    def key(self) -> str:
        """Return the letters and numbers, in one case, by which words are compared."""
        return "".join(sign for sign in self.text.casefold() if category(sign)[0] in "LNM")


def words_of_engine(block: values.Block) -> list[list[Any]] | None:
    """Return the words of a block as they are stored, None where they do not spell its text."""
    words, at = [], 0
    for word in block.words:
        spelling = word.text.strip()
        if not spelling:
            continue
        start = block.text.find(spelling, at)
        if start < 0 or block.text[at:start].strip():
            return None
        end = start + len(spelling)
        times = round(word.start * 1000), round(word.end * 1000)
        own = without_nul(block.text[at:end])
        words.append(TimedWord(*times, own, word.is_estimated, _rounded(word.confidence)))
        at = end
    return None if block.text[at:].strip() else as_stored(words)


def _rounded(confidence: float | None) -> float | None:
    return None if confidence is None else round(confidence, 3)


def as_stored(words: Iterable[TimedWord]) -> list[list[Any]]:
    """Return words as a block stores them."""
    return [[word.start_ms, word.end_ms, word.text, *_stored_end(word)] for word in words]


def _stored_end(word: TimedWord) -> list[Any]:
    if word.confidence is not None:
        return [word.is_estimated, word.confidence]
    return [True] if word.is_estimated else []


def machine_words(block: Block) -> list[TimedWord]:
    """Return the engine's words; those of a block that was stored without words are spread."""
    if block.words is None:
        return _spread(block.text, block.start_ms, block.end_ms)
    return [TimedWord(*word) for word in block.words]


def machine_text(block: Block) -> str:
    """Return the text that the engine understood."""
    if block.words is None:
        return block.text
    return _text_of(machine_words(block))


def joined(first: Sequence[TimedWord], second: Sequence[TimedWord]) -> list[TimedWord]:
    """Return the words of two blocks as those of one text."""
    if not first or not second:
        return [*first, *second]
    head = second[0].text.strip()
    gap = gap_between(first[-1].text.strip(), head)
    return [*first, replace(second[0], text=gap + head), *second[1:]]


def joined_text(first: str, second: str) -> str:
    """Return two texts as one, with a space between them where their scripts write one."""
    if not first or not second:
        return first or second
    return f"{first}{gap_between(first, second)}{second}"


def shown_words(block: Block) -> list[TimedWord]:
    """Return the words of the text that the block has now."""
    engine = machine_words(block)
    if _text_of(engine) == block.text:
        return engine
    return _with_times(_spread(block.text, block.start_ms, block.end_ms), engine, block)


def lowest_confidence(block: Block) -> float | None:
    """Return the least confidence of a word of the text, None where no word has one."""
    if block.words is None or all(len(word) < WITH_CONFIDENCE for word in block.words):
        return None
    known = [one.confidence for one in shown_words(block) if one.confidence is not None]
    return min(known, default=None)


@dataclass(frozen=True, slots=True)
class TextPart:
    """A part of a block's text: a word of low confidence, or what is between two of them."""

    text: str
    word: TimedWord | None = None


def doubtful_parts(block: Block, below: float) -> list[TextPart]:
    """Return the text of a block in parts, with the words of a confidence below this apart."""
    lowest = block.lowest_confidence
    if lowest is None or lowest >= below:
        return [TextPart(block.text)] if block.text else []
    parts, at = [], 0
    for word in shown_words(block):
        spelling = word.text.strip()
        start = block.text.index(spelling, at)
        if word.confidence is not None and word.confidence < below:
            end = start + len(spelling)
            parts += [TextPart(block.text[at:start]), TextPart(spelling, word)]
            at = end
    return [one for one in (*parts, TextPart(block.text[at:])) if one.text]


def _text_of(words: Iterable[TimedWord]) -> str:
    return "".join(word.text for word in words).strip()


def _spread(text: str, start_ms: int, end_ms: int) -> list[TimedWord]:
    """Spread the words of a text over a time, in proportion to their length."""
    found = split_words(text)
    ends = [match.end() for match in found]
    parts = [text[a:b] for a, b in zip([0, *ends], ends, strict=False)]
    words = [TimedWord(start_ms, end_ms, part, is_estimated=True) for part in parts]
    return list(_spread_between(words, start_ms, end_ms))


def _spread_between(words: Sequence[TimedWord], start_ms: int, end_ms: int) -> Iterator[TimedWord]:
    lengths = list(accumulate((len(word.text.strip()) for word in words), initial=0))
    length, span = max(lengths[-1], 1), max(end_ms - start_ms, 0)
    for word, before, after in zip(words, lengths, lengths[1:], strict=False):
        start, end = start_ms + span * before // length, start_ms + span * after // length
        yield replace(word, start_ms=start, end_ms=end, is_estimated=True)


def _with_times(
    words: Sequence[TimedWord], engine: Sequence[TimedWord], block: Block
) -> list[TimedWord]:
    """Give the words of a corrected text the times of the engine's words they stand for."""
    timed: list[TimedWord] = []
    for own, others in _passages([w.key for w in words], [w.key for w in engine]):
        passage = words[own.start : own.stop]
        if own.stop - own.start == others.stop - others.start:
            pairs = zip(passage, engine[others.start : others.stop], strict=True)
            timed += [_corrected(heard, word) for word, heard in pairs]
            continue
        start = engine[others.start - 1].end_ms if others.start else block.start_ms
        end = engine[others.stop].start_ms if others.stop < len(engine) else block.end_ms
        timed += _spread_between(passage, start, end)
    return timed


def _corrected(heard: TimedWord, word: TimedWord) -> TimedWord:
    """Return the word with the times of the engine's; one of another spelling is not in doubt."""
    confidence = heard.confidence if heard.key == word.key else None
    return replace(heard, text=word.text, confidence=confidence)


def _passages(words: Sequence[str], engine: Sequence[str]) -> Iterator[tuple[slice, slice]]:
    """Yield the passages of a text and those of the engine's, in turn equal and different."""
    before = _count_equal(zip(words, engine, strict=False))
    rest = min(len(words), len(engine)) - before
    behind = zip(reversed(words), reversed(engine), strict=False)
    after = min(_count_equal(behind), rest)
    own, others = words[before : len(words) - after], engine[before : len(engine) - after]
    yield slice(0, before), slice(0, before)
    if len(own) * len(others) > MOST_COMPARED:
        yield slice(before, before + len(own)), slice(before, before + len(others))
    else:
        matcher = SequenceMatcher(None, others, own, autojunk=False)
        for _, a, b, c, d in matcher.get_opcodes():
            yield slice(before + c, before + d), slice(before + a, before + b)
    yield slice(len(words) - after, len(words)), slice(len(engine) - after, len(engine))


def _count_equal(pairs: Iterable[tuple[str, str]]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
