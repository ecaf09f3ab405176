"""The transcription of a recording, joined from the transcriptions of its parts.

Conventions
-----------
Times are in seconds. A part's transcription counts from the start of the part. Each moment of the
recording belongs to exactly one part; `seams` joins the words of two parts that share some time.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from audio.merge.chunks.seams import join_at_seam
from audio.merge.values import Span, Transcription, Word
from audio.merge.words.word_spacing import join_words, split_words

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
    words = tuple(sorted(_joined_words(parts), key=lambda word: word.start))
    languages: Counter[str] = Counter()
    for part in parts:
        if part.transcription.language is not None:
            languages[part.transcription.language] += len(_own_words(part))
    return Transcription(
        text=join_words(words),
        words=words,
        duration=parts[-1].stop if parts else None,
        language=max(languages, key=languages.__getitem__, default=None),
        model=next((part.transcription.model for part in parts if part.transcription.model), None),
        is_cut=any(part.transcription.is_cut for part in parts),
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


def _joined_words(parts: Sequence[Part]) -> list[Word]:
    joined: list[Word] = []
    before: Part | None = None
    for part in _without_repetitions(parts):
        words = _words(part)
        if before is not None and _share_words(before, part):
            joined = join_at_seam(joined, words, begin=part.start, border=part.begin)
        else:
            own = [word for word in words if (word.start + word.end) / 2 >= part.begin]
            joined = _until(joined, inf if before is None else before.stop) + own
        before = part
    # A recogniser may place the last word at the very end, or beyond it.
    return joined


def _share_words(before: Part, part: Part) -> bool:
    have_words = before.transcription.words and part.transcription.words
    return bool(have_words) and before.stop == part.begin


def _words(part: Part) -> list[Word]:
    """Return the words of a part by start, in seconds of the recording."""
    text = part.transcription.text.strip()
    if not part.transcription.words:
        return [Word(part.begin, part.stop, text)] if text else []
    moved = (_moved(word, part.start) for word in part.transcription.words)
    return sorted(moved, key=lambda word: word.start)


def _own_words(part: Part) -> list[Word]:
    return [word for word in _until(_words(part), part.stop) if word.end > part.begin]


def _until(words: Sequence[Word], stop: float) -> list[Word]:
    return [word for word in words if (word.start + word.end) / 2 < stop]


def _moved(word: Word, by_s: float) -> Word:
    segment = word.segment and Span(word.segment.start + by_s, word.segment.end + by_s)
    return replace(word, start=word.start + by_s, end=word.end + by_s, segment=segment)
