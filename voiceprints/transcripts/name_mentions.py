"""Where does the name of a file mention somebody?

As file names spell it: `ana_ruiz`, `Ana-Ruiz`, `AnaRuiz`; not inside a word: no Ana in `Banana`.
Words are compared with words, one after the other: a pattern could be made to look for ages.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from unicodedata import category

from audio.merge.name_spelling import JOINERS, name_key

# Letters, numbers, and the marks that belong to them.
_OF_WORDS = "LNM"


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, and where it stands in its text."""

    key: str
    start: int
    end: int


def mentions_name(text: str, name: str) -> bool:
    """Whether a text mentions somebody of that name."""
    return next(_mentions(text, name), None) is not None


def replace_mentions(text: str, name: str, called: str) -> str:
    """The text with another name wherever it mentions that one."""
    parts, end = [], 0
    for mention in _mentions(text, name):
        parts += [text[end : mention.start], called]
        end = mention.stop
    return "".join([*parts, text[end:]])


def name_words(name: str) -> list[str]:
    """What a name is made of; a name that is no word is one piece."""
    return [name[word.start : word.end] for word in _words(name)] or [name]


def _mentions(text: str, name: str) -> Iterator[slice]:
    sought = [word.key for word in _words(name)]
    if not sought:
        yield from _literal(text, name)
        return
    words, after = _words(text), 0
    for at in range(len(words)):
        end = _end_of(words[at : at + len(sought)], sought) if words[at].start >= after else None
        if end is not None:
            yield slice(words[at].start, end)
            after = end


def _literal(text: str, name: str) -> Iterator[slice]:
    start = text.find(name)
    while start >= 0 and name:
        yield slice(start, start + len(name))
        start = text.find(name, start + len(name))


def _end_of(words: Sequence[_Word], sought: Sequence[str]) -> int | None:
    """Where the words that are sought end, if they stand here, apart or written as one."""
    for word in words:
        taken = _taken(word.key, sought)
        if not taken:
            return None
        sought = sought[taken:]
        if not sought:
            return word.end
    return None


def _taken(word: str, sought: Sequence[str]) -> int:
    """How many of the words that are sought make up this one; 0 where they do not."""
    length = 0
    for number, part in enumerate(sought, start=1):
        if not word.startswith(part, length):
            return 0
        length += len(part)
        if length == len(word):
            return number
    return 0


def _words(text: str) -> list[_Word]:
    words, end = [], 0
    for is_word, signs in groupby(text, key=_is_of_word):
        start, run = end, "".join(signs)
        end += len(run)
        if is_word:
            words.append(_Word(name_key(run), start, end))
    return words


def _is_of_word(sign: str) -> bool:
    return category(sign)[0] in _OF_WORDS or sign in JOINERS
