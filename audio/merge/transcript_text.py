"""The transcription of a recording, joined from the transcriptions of its parts.

Conventions
-----------
Times are in seconds. A part's transcription counts from the start of the part. Each moment of the
recording belongs to exactly one part, and a word to the part that its midpoint belongs to.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from audio.merge.values import Span, Transcription, Word
from audio.merge.word_spacing import join_words, split_words

# Ten seconds of overlap have fewer words.
MOST_SHARED_WORDS = 50


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a recording and its transcription; `begin` to `stop` is the part's own time."""

    start: float
    begin: float
    stop: float
    transcription: Transcription


def join_parts(parts: Sequence[Part]) -> Transcription:
    """Join the transcriptions of a recording's parts into one, with every word once.

    Parameters
    ----------
    parts
        In order; the times that belong to them do not overlap, but may leave gaps.

    Returns
    -------
    Transcription
        Words by start, in seconds of the recording. A part's text without words is one word over
        the part's own time; words at its beginning that repeat the end of the part before are left
        out. The language is that of most words; the duration ends with the last part's own time.
        Without parts it is empty, without language, model and duration.

    Examples
    --------
    >>> part = Transcription("a b", (Word(0.0, 1.0, "a"), Word(9.0, 10.0, "b")))
    >>> both = join_parts([Part(0.0, 0.0, 9.0, part), Part(8.0, 9.0, 20.0, part)])
    >>> [(word.start, word.text) for word in both.words]
    [(0.0, 'a'), (17.0, 'b')]

    """
    # A recogniser may place the last word at the very end, or beyond it.
    stops = [*(part.stop for part in parts[:-1]), inf]
    own = [
        _own_words(part, stop)
        for part, stop in zip(_without_repetitions(parts), stops, strict=False)
    ]
    words = tuple(sorted((w for some in own for w in some), key=lambda word: word.start))
    languages: Counter[str] = Counter()
    for part, some in zip(parts, own, strict=True):
        if part.transcription.language is not None:
            languages[part.transcription.language] += len(some)
    return Transcription(
        text=join_words(words),
        words=words,
        duration=parts[-1].stop if parts else None,
        language=max(languages, key=languages.__getitem__, default=None),
        model=next((part.transcription.model for part in parts if part.transcription.model), None),
    )


def _without_repetitions(parts: Sequence[Part]) -> Iterator[Part]:
    """Yield the parts; a text without times loses the words that its predecessor ends with."""
    before = ""
    for part in parts:
        text = part.transcription.text
        if part.transcription.words:
            before = ""
            yield part
            continue
        yield _with_text(part, _without_repetition(before, text))
        before = text


def _with_text(part: Part, text: str) -> Part:
    return replace(part, transcription=replace(part.transcription, text=text))


def _without_repetition(before: str, text: str) -> str:
    words, last = split_words(text), [word.group() for word in split_words(before)]
    plain, plain_last = _plain([word.group() for word in words]), _plain(last)
    for count in range(min(len(words), len(last), MOST_SHARED_WORDS), 0, -1):
        if plain_last[-count:] == plain[:count]:
            return text[words[count - 1].end() :].strip()
    return text


def _plain(words: Sequence[str]) -> list[str]:
    return [word.strip(".,;:!?…").casefold() for word in words]


def _own_words(part: Part, stop: float) -> list[Word]:
    if not part.transcription.words:
        text = part.transcription.text.strip()
        return [Word(part.begin, part.stop, text)] if text else []
    moved = (_moved(word, part.start) for word in part.transcription.words)
    return [word for word in moved if part.begin <= (word.start + word.end) / 2 < stop]


def _moved(word: Word, by_s: float) -> Word:
    segment = word.segment and Span(word.segment.start + by_s, word.segment.end + by_s)
    return replace(word, start=word.start + by_s, end=word.end + by_s, segment=segment)
