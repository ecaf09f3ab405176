"""The text of a recording: words joined into lines, and parts joined into one transcription.

Conventions
-----------
Times are in seconds. A part's transcription counts from the start of the part. Each moment of the
recording belongs to exactly one part, and a word to the part that its midpoint belongs to.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from audio.merge.values import Transcription, Word

_CLOSING = ",;:!?)]}。，、！？；：）」』】"  # noqa: RUF001
# Before a word these open it (in some languages even » and ”); alone they close the word before.
_EITHER = ".…'’\"”»"  # noqa: RUF001
_MARKS = re.escape(_CLOSING + _EITHER)
_CLITIC = r"(?:['’](?:s|t|re|ve|ll|d|m)|n['’]t)"  # noqa: RUF001
_TIGHT = re.compile(rf"[{re.escape(_CLOSING)}].*|[{_MARKS}]+|{_CLITIC}+[{_MARKS}]*", re.I | re.S)
_MAYBE_TIGHT = frozenset(_CLOSING + _EITHER + "nN")


def join_words(texts: Iterable[str]) -> str:
    """Join the texts of words into one line.

    Texts are stripped, empty ones dropped, the others joined by one space. The space is omitted
    before a text that begins with a closing mark (``, ; : ! ?`` or a closing bracket), is only
    punctuation, or is a clitic (``'s 't 're 've 'll 'd 'm n't``). A quote, apostrophe or dot
    before a word opens it and keeps its space.

    Parameters
    ----------
    texts
        As a recogniser gives them, in the order of speech.

    Returns
    -------
    str
        The line; empty for no texts.

    Examples
    --------
    >>> join_words(["use", ".NET", ",", "it", "'s", " fine", "."])
    "use .NET, it's fine."

    """
    stripped = [text for text in map(str.strip, texts) if text]
    return "".join(
        [
            text if text[0] in _MAYBE_TIGHT and _TIGHT.fullmatch(text) else " " + text
            for text in stripped
        ]
    ).lstrip()


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
        text=join_words([word.text for word in words]),
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
    words, last = text.split(), before.split()
    for count in range(min(len(words), len(last), MOST_SHARED_WORDS), 0, -1):
        if _plain(last[-count:]) == _plain(words[:count]):
            return " ".join(words[count:])
    return text


def _plain(words: Sequence[str]) -> list[str]:
    return [word.strip(".,;:!?…").casefold() for word in words]


def _own_words(part: Part, stop: float) -> list[Word]:
    if not part.transcription.words:
        text = part.transcription.text.strip()
        return [Word(part.begin, part.stop, text)] if text else []
    moved = (
        Word(word.start + part.start, word.end + part.start, word.text)
        for word in part.transcription.words
    )
    return [word for word in moved if part.begin <= (word.start + word.end) / 2 < stop]
