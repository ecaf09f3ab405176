"""The sound and look of a word: folded letters, phonetic keys, and the likeness of both.

Conventions
-----------
A folded word has lower-case letters of the Latin alphabet only, without accents. A word in another
script folds to nothing, and is like no other.

Source: L. Philips, "The Double Metaphone Search Algorithm", C/C++ Users Journal 18(6), 2000.
"""

from functools import lru_cache
from unicodedata import normalize

from rapidfuzz.distance import Indel, Levenshtein

# The least likeness of the letters of two words that sound the same, and of two that differ in one
# consonant. `benchmarks.spelling` measures it: below, ordinary words become names; above, fewer
# names are mended. Short words are like more others.
SAME_SOUND, NEAR_SOUND = 0.75, 0.85
SAME_SOUND_SHORT = 0.8
SHORT = 5
# A word of fewer letters, or with a key of one consonant, sounds like too many others.
FEWEST_LETTERS = 4
FEWEST_SOUNDS = 2
# Letters that do not come apart into a letter and an accent.
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}
)


def fold(word: str) -> str:
    """Return the Latin letters of a word, in lower case and without accents.

    Examples
    --------
    >>> fold("Łukasz-O'Brien"), fold("東京")
    ('lukaszobrien', '')

    """
    lower = word.lower()
    if not lower.isascii():
        lower = normalize("NFKD", lower.translate(_LETTERS))
    return "".join(sign for sign in lower if "a" <= sign <= "z")


@lru_cache(maxsize=4096)
def sound_keys(folded: str) -> tuple[str, ...]:
    """Return the one or two phonetic keys of a folded word; none for a short word."""
    if len(folded) < FEWEST_LETTERS:
        return ()
    # Loaded with the first terms that are sent: most requests have none.
    from doublemetaphone import doublemetaphone

    keys = dict.fromkeys(doublemetaphone(folded))
    return tuple(key for key in keys if len(key) >= FEWEST_SOUNDS)


def is_alike(one: str, other: str) -> bool:
    """Return whether two folded words sound the same and look alike, or nearly both.

    The likeness of their letters is the share that both have in the same order.
    """
    likeness = Indel.normalized_similarity(one, other)
    keys, others = sound_keys(one), sound_keys(other)
    if set(keys) & set(others):
        return likeness >= (SAME_SOUND if min(len(one), len(other)) > SHORT else SAME_SOUND_SHORT)
    return likeness >= NEAR_SOUND and any(
        key[0] == another[0] and Levenshtein.distance(key, another) == 1
        for key in keys
        for another in others
    )
