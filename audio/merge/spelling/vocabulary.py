"""The words that a reader expects in a transcript, found by their sound.

Conventions
-----------
A term is a word or a phrase as the reader spells it; each word of a phrase is corrected by itself.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import Indel

from audio.merge.spelling.sounds import (
    FEWEST_LETTERS,
    NEAR_SOUND,
    fold,
    is_alike,
    sound_keys,
)

# A word of any script with its inner apostrophes and hyphens.
WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")  # noqa: RUF001
# More than two that fit make no difference.
_MOST_CANDIDATES = 10
IsKnown = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of all terms: by their folded form, and the folded forms by their sound."""

    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_sound: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def spelling_of(self, heard: str) -> str | None:
        """Return the word of the terms that a heard word is; None where none or several fit.

        A word with the letters of one of them is that word. Any other fits those that it sounds
        like and looks like.
        """
        folded = fold(heard)
        fitting = self.spellings.get(folded, ())
        if not fitting:
            like = [one for one in self._candidates(folded) if is_alike(one, folded)]
            fitting = self.spellings[like[0]] if len(like) == 1 else ()
        return fitting[0] if len(fitting) == 1 else None

    def _candidates(self, folded: str) -> set[str]:
        keys = sound_keys(folded)
        if not keys:
            return set()
        looking = process.extract(
            folded,
            self.spellings.keys(),
            scorer=Indel.normalized_similarity,
            score_cutoff=NEAR_SOUND,
            limit=_MOST_CANDIDATES,
        )
        sounding = (one for key in keys for one in self.by_sound.get(key, ()))
        return {*sounding, *(word for word, *_ in looking)}


@lru_cache(maxsize=64)
def vocabulary_of(terms: tuple[str, ...]) -> Vocabulary:
    """Return the vocabulary of these terms; words in scripts other than Latin have no effect."""
    spellings: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for term in terms:
        for word in WORD.findall(term):
            if folded := fold(word):
                spellings[folded][word] = None
    by_sound: defaultdict[str, set[str]] = defaultdict(set)
    for folded in spellings:
        for key in sound_keys(folded):
            by_sound[key].add(folded)
    return Vocabulary(
        {folded: tuple(words) for folded, words in spellings.items()},
        {key: frozenset(words) for key, words in by_sound.items()},
    )


def unknown_words(text: str, is_known: IsKnown) -> Iterable[str]:
    """Return the words of a text that no dictionary has: the names and the jargon of a prompt."""
    words = dict.fromkeys(WORD.findall(text))
    return [word for word in words if len(word) >= FEWEST_LETTERS and not is_known(word)]
