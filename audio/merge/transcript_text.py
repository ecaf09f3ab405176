"""What a recording says that was transcribed in parts.

Conventions
-----------
Seconds. A part's transcription counts from the start of the part; each moment of the recording is
some part's own, and a word belongs to the part in whose own time its midpoint lies.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from audio.merge.values import Transcription, Word

_CLOSING = ",;:!?)]}。，、！？；：）」』】"  # noqa: RUF001
# Before a word these open it (in some languages even » and ”); alone they close what came before.
_EITHER = ".…'’\"”»"  # noqa: RUF001
_MARKS = re.escape(_CLOSING + _EITHER)
_CLITIC = r"(?:['’](?:s|t|re|ve|ll|d|m)|n['’]t)"  # noqa: RUF001
_TIGHT = re.compile(rf"[{re.escape(_CLOSING)}].*|[{_MARKS}]+|{_CLITIC}+[{_MARKS}]*", re.I | re.S)
_MAYBE_TIGHT = frozenset(_CLOSING + _EITHER + "nN")


def join_words(tokens: Iterable[str]) -> str:
    """Tell what the tokens read as in one line.

    Tokens are stripped, empty ones dropped, the others joined by one space. No space stands before
    a token that begins with a closing mark (``, ; : ! ?`` or a closing bracket), is nothing but
    punctuation, or is a clitic (``'s 't 're 've 'll 'd 'm n't``). A quote, apostrophe or dot
    before a word opens it and keeps its space.

    Parameters
    ----------
    tokens
        Text as a recogniser gives it, in the order of speech.

    Returns
    -------
    str
        The text; empty for no tokens.

    Examples
    --------
    >>> join_words(["use", ".NET", ",", "it", "'s", " fine", "."])
    "use .NET, it's fine."

    """
    stripped = [token for token in map(str.strip, tokens) if token]
    return "".join(
        [
            token if token[0] in _MAYBE_TIGHT and _TIGHT.fullmatch(token) else " " + token
            for token in stripped
        ]
    ).lstrip()


# Ten seconds of overlap hold fewer.
MOST_SHARED_WORDS = 50


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a recording and what is said in it; `begin` to `stop` is its own time."""

    start: float
    begin: float
    stop: float
    said: Transcription


def join_parts(parts: Sequence[Part]) -> Transcription:
    """Tell what a recording says, every word once.

    Parameters
    ----------
    parts
        In order; their own times do not overlap, but may leave gaps.

    Returns
    -------
    Transcription
        Words by start, in seconds of the recording. A part's text without words is one word over
        the part's own time, without what it begins with and the part before ends with. The
        language is that of most words; the duration ends with the last part's own time. Without
        parts it is empty, without language, model and duration.

    Examples
    --------
    >>> said = Transcription("a b", (Word(0.0, 1.0, "a"), Word(9.0, 10.0, "b")))
    >>> both = join_parts([Part(0.0, 0.0, 9.0, said), Part(8.0, 9.0, 20.0, said)])
    >>> [(word.start, word.text) for word in both.words]
    [(0.0, 'a'), (17.0, 'b')]

    """
    # A recogniser may place the last word at the very end, or beyond it.
    stops = [*(part.stop for part in parts[:-1]), inf]
    own = [_own_words(part, stop) for part, stop in zip(_said_once(parts), stops, strict=False)]
    words = tuple(sorted((w for some in own for w in some), key=lambda word: word.start))
    languages: Counter[str] = Counter()
    for part, some in zip(parts, own, strict=True):
        if part.said.language is not None:
            languages[part.said.language] += len(some)
    return Transcription(
        text=join_words([word.text for word in words]),
        words=words,
        duration=parts[-1].stop if parts else None,
        language=max(languages, key=languages.__getitem__, default=None),
        model=next((part.said.model for part in parts if part.said.model), None),
    )


def _said_once(parts: Sequence[Part]) -> Iterator[Part]:
    """Without times, what two neighbours both say at their border is known by its words."""
    before = ""
    for part in parts:
        text = part.said.text
        if part.said.words:
            before = ""
            yield part
            continue
        yield replace(part, said=replace(part.said, text=_without_repetition(before, text)))
        before = text


def _without_repetition(before: str, text: str) -> str:
    words, last = text.split(), before.split()
    for count in range(min(len(words), len(last), MOST_SHARED_WORDS), 0, -1):
        if _plain(last[-count:]) == _plain(words[:count]):
            return " ".join(words[count:])
    return text


def _plain(words: Sequence[str]) -> list[str]:
    return [word.strip(".,;:!?…").casefold() for word in words]


def _own_words(part: Part, stop: float) -> list[Word]:
    if not part.said.words:
        text = part.said.text.strip()
        return [Word(part.begin, part.stop, text)] if text else []
    moved = (
        Word(word.start + part.start, word.end + part.start, word.text) for word in part.said.words
    )
    return [word for word in moved if part.begin <= (word.start + word.end) / 2 < stop]
