"""Mentions of a person's name in file names, found and replaced.

File names spell names as `ana_ruiz`, `Ana-Ruiz` or `AnaRuiz`; a part of a word is not a mention:
`Banana` does not mention Ana. Words are compared one by one, because a hostile name could make a
regular expression run for very long.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from unicodedata import category

from audio.merge.name_spelling import JOINERS, name_key

# Letters, numbers, and the marks that belong to them.
_WORD_CATEGORIES = "LNM"


@dataclass(frozen=True, slots=True)
class _Word:
    """A word and its position in the text."""

    key: str
    start: int
    end: int


def mentions_name(text: str, name: str) -> bool:
    """Return whether a text mentions this name."""
    return next(_mentions(text, name), None) is not None


def replace_mentions(text: str, name: str, new_name: str) -> str:
    """Replace every mention of a name by another name."""
    parts, end = [], 0
    for mention in _mentions(text, name):
        parts += [text[end : mention.start], new_name]
        end = mention.stop
    return "".join([*parts, text[end:]])


def joined_words(name: str) -> str:
    """Return the words of a name as one word, the key of its mentions; empty without a word."""
    return "".join(word.key for word in _words(name))


def replace_joined(text: str, replacement_of: Callable[[str], str | None], *, longest: int) -> str:
    """Replace mentions of names that are known by a function of their joined words alone.

    The joined words of a name have at most `longest` characters.
    """
    parts, end = [], 0
    for mention, new_name in _known_mentions(text, replacement_of, longest):
        parts += [text[end : mention.start], new_name]
        end = mention.stop
    return "".join([*parts, text[end:]])


def name_words(name: str) -> list[str]:
    """Return the words of a name, or the whole name if it contains no word."""
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


def _known_mentions(
    text: str, replacement_of: Callable[[str], str | None], longest: int
) -> Iterator[tuple[slice, str]]:
    """Yield mentions with their replacements, the longest that begins at each word."""
    words, at = _words(text), 0
    while at < len(words):
        last, joined, found = at, "", None
        for last in range(at, len(words)):
            joined += words[last].key
            if len(joined) > longest:
                break
            if (new_name := replacement_of(joined)) is not None:
                found = last, new_name
        if found is not None:
            yield slice(words[at].start, words[found[0]].end), found[1]
        at = at + 1 if found is None else found[0] + 1


def _literal(text: str, name: str) -> Iterator[slice]:
    start = text.find(name)
    while start >= 0 and name:
        yield slice(start, start + len(name))
        start = text.find(name, start + len(name))


def _end_of(words: Sequence[_Word], sought: Sequence[str]) -> int | None:
    """Return where the sought words end if the text starts with them, separate or joined."""
    for word in words:
        joined = _count_joined(word.key, sought)
        if not joined:
            return None
        sought = sought[joined:]
        if not sought:
            return word.end
    return None


def _count_joined(word: str, sought: Sequence[str]) -> int:
    """Return how many of the sought words make up this word, or 0."""
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
    for is_word, characters in groupby(text, key=_is_word_character):
        start, run = end, "".join(characters)
        end += len(run)
        if is_word:
            words.append(_Word(name_key(run), start, end))
    return words


def _is_word_character(character: str) -> bool:
    return category(character)[0] in _WORD_CATEGORIES or character in JOINERS
