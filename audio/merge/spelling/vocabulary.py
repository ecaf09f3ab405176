"""The words that a reader expects in a transcript, found by their sound.

Conventions
-----------
A term is a word or a phrase as the reader spells it; each word of a phrase is corrected by itself.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from audio.merge.spelling.sounds import (
    FEWEST_LETTERS,
    fold,
    is_alike,
    near_keys,
    sound_keys,
)

# A word of any script with its inner apostrophes and hyphens.
WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")  # noqa: RUF001
# The most terms of a list, and the longest one.
MAX_TERMS = 500
MAX_TERM_LENGTH = 200
# The endings with which a word is still the same word.
INFLECTIONS = ("s", "es", "ed", "ing")
IsKnown = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class TermIndex:
    """The words of a list of terms: by their folded form, and the folded forms by their sound."""

    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_sound: Mapping[str, frozenset[str]] = field(default_factory=dict)
    by_near_sound: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def candidates(self, folded: str) -> Iterator[str]:
        """Yield the folded words that may sound like this one."""
        for key in sound_keys(folded):
            yield from self.by_sound.get(key, ())
            for near in near_keys(key):
                yield from self.by_near_sound.get(near, ())


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of several lists of terms; an earlier list decides how a word is spelled."""

    indexes: tuple[TermIndex, ...] = ()

    def has(self, heard: str) -> bool:
        """Return whether a heard word has the letters of a word of the terms."""
        return bool(self._spellings(fold(heard)))

    def spelling_of(self, heard: str, is_known: IsKnown, *, is_cased: bool = False) -> str | None:
        """Return the word of the terms that a heard word is; None where none or several fit.

        A word with the letters of one of them is that word. Any other fits those that it sounds
        like and looks like. `is_known` says whether a dictionary has a word. `is_cased`: the text
        has capital and small letters, so small ones show that the engine heard no name.
        """
        folded = fold(heard)
        fitting = self._spellings(folded)
        if not fitting and not self._is_inflected(folded):
            is_ordinary = is_cased and heard.islower()
            like = [
                one
                for one in dict.fromkeys(self._candidates(folded))
                if is_alike(one, folded, is_doubtful=self._is_doubtful(one, is_ordinary, is_known))
            ]
            fitting = self._spellings(like[0]) if len(like) == 1 else ()
        return fitting[0] if len(fitting) == 1 else None

    def _spellings(self, folded: str) -> tuple[str, ...]:
        found = (index.spellings.get(folded, ()) for index in self.indexes)
        return next(filter(None, found), ())

    def _candidates(self, folded: str) -> Iterator[str]:
        for index in self.indexes:
            yield from index.candidates(folded)

    def _is_inflected(self, folded: str) -> bool:
        """Return whether a word is one of the terms with an ending: it is spelled right."""
        return any(
            folded.endswith(ending) and self._spellings(folded.removesuffix(ending))
            for ending in INFLECTIONS
        )

    def _is_doubtful(self, folded: str, is_ordinary: bool, is_known: IsKnown) -> bool:
        """Return whether a word is most likely not this term, even if it sounds like it.

        Engines can spell the terms that a dictionary has, and write names with a capital letter.
        """
        words = self._spellings(folded)
        return (is_ordinary and not any(map(str.islower, words))) or all(map(is_known, words))


def vocabulary_of(*lists: tuple[str, ...]) -> Vocabulary:
    """Return the vocabulary of lists of terms, each of which is prepared once.

    Words in scripts other than Latin have no effect.
    """
    return Vocabulary(tuple(index_of(terms) for terms in lists if terms))


@lru_cache(maxsize=64)
def index_of(terms: tuple[str, ...]) -> TermIndex:
    """Return the words of a list of terms by their sound."""
    spellings: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for term in terms:
        for word in WORD.findall(term):
            if folded := fold(word):
                spellings[folded][word] = None
    by_sound: defaultdict[str, set[str]] = defaultdict(set)
    by_near_sound: defaultdict[str, set[str]] = defaultdict(set)
    for folded in spellings:
        for key in sound_keys(folded):
            by_sound[key].add(folded)
            for near in near_keys(key):
                by_near_sound[near].add(folded)
    return TermIndex(
        {folded: tuple(words) for folded, words in spellings.items()},
        _frozen(by_sound),
        _frozen(by_near_sound),
    )


def unknown_words(text: str, is_known: IsKnown) -> Iterable[str]:
    """Return the words of a text that no dictionary has: the names and the jargon of a prompt."""
    words = dict.fromkeys(WORD.findall(text))
    return [word for word in words if len(word) >= FEWEST_LETTERS and not is_known(word)]


def _frozen(sets: Mapping[str, set[str]]) -> Mapping[str, frozenset[str]]:
    return {key: frozenset(words) for key, words in sets.items()}
