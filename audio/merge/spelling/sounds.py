"""The sound and look of a word: folded letters, phonetic keys, vowels, and their likeness.

Conventions
-----------
A folded word has lower-case letters of the Latin alphabet only, without accents. A word in another
script folds to nothing, and is like no other.

Source: L. Philips, "The Double Metaphone Search Algorithm", C/C++ Users Journal 18(6), 2000.
"""

import re
from functools import lru_cache
from unicodedata import normalize

from rapidfuzz.distance import Indel, Levenshtein

# The least likeness of the letters of two words that sound the same, and of two that differ in one
# consonant. `benchmarks.spelling` measures it: below, ordinary words become names; above, fewer
# names are mended. Short words are like more others.
SAME_SOUND, NEAR_SOUND = 0.75, 0.85
SAME_SOUND_SHORT = 0.8
SHORT = 5
# A word of fewer letters, or with a key of one consonant, sounds like too many others; so does a
# key of two consonants of which one may differ.
FEWEST_LETTERS = 4
FEWEST_SOUNDS = 2
FEWEST_NEAR_SOUNDS = 3
# Up to this many syllables the first one is most likely stressed, and heard right.
MOST_STRESSED = 2
# Letters that do not come apart into a letter and an accent.
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}
)
# The vowels of a syllable; a w behind them is a part of them, and a final e is silent.
_SYLLABLE = re.compile(r"(?P<vowels>[aeiouy]+)(?:w(?![aeiouy]))?(?P<r>r?)")
_SILENT_E = re.compile(r"(?<=[^aeiou])e$")
_OPEN, _FRONT, _BACK = "open", "front", "back"
_COLOURS = {"a": _OPEN, "e": _FRONT, "i": _FRONT, "y": _FRONT, "o": _BACK, "u": _BACK}


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


@lru_cache(maxsize=32_768)
def sound_keys(folded: str) -> tuple[str, ...]:
    """Return the one or two phonetic keys of a folded word; none for a short word."""
    if len(folded) < FEWEST_LETTERS:
        return ()
    # Loaded with the first terms that are sent: most requests have none.
    from doublemetaphone import doublemetaphone

    keys = dict.fromkeys(doublemetaphone(folded))
    return tuple(key for key in keys if len(key) >= FEWEST_SOUNDS)


@lru_cache(maxsize=32_768)
def syllables(folded: str) -> tuple[frozenset[str], ...]:
    """Return the colours of each syllable's vowels: open, front or back.

    Examples
    --------
    >>> [sorted(colours) for colours in syllables("lawrence")]
    [['open'], ['front']]

    """
    voiced = _SILENT_E.sub("", folded)
    found = tuple(map(_colours, _SYLLABLE.finditer(voiced)))
    return found or tuple(map(_colours, _SYLLABLE.finditer(folded)))


def _colours(syllable: "re.Match[str]") -> frozenset[str]:
    colours = {_COLOURS[vowel] for vowel in syllable.group("vowels")}
    # Before r, front and back vowels sound the same: er, ir and ur.
    is_rhotic = bool(syllable.group("r")) and _OPEN not in colours
    return frozenset({_FRONT, _BACK} if is_rhotic else colours)


def is_alike(one: str, other: str, *, is_doubtful: bool = False) -> bool:
    """Return whether two folded words sound the same and look alike, or nearly both.

    The likeness of their letters is the share that both have in the same order. They have as many
    syllables, and those of a short word begin with the same colour. `is_doubtful`: only those that
    sound the same are alike, and must look more alike.
    """
    likeness = Indel.normalized_similarity(one, other, score_cutoff=SAME_SOUND)
    if not likeness or not _have_like_vowels(syllables(one), syllables(other)):
        return False
    keys, others = sound_keys(one), sound_keys(other)
    if set(keys) & set(others):
        is_short = min(len(one), len(other)) <= SHORT
        least = SAME_SOUND_SHORT if is_short else SAME_SOUND
        return likeness >= (NEAR_SOUND if is_doubtful else least)
    return not is_doubtful and likeness >= NEAR_SOUND and _sound_nearly_same(keys, others)


def near_keys(key: str) -> set[str]:
    """Return the key without one of its consonants but the first; near keys share one of them."""
    if len(key) < FEWEST_NEAR_SOUNDS:
        return set()
    return {key, *(key[:at] + key[at + 1 :] for at in range(1, len(key)))}


def _have_like_vowels(one: tuple[frozenset[str], ...], other: tuple[frozenset[str], ...]) -> bool:
    if len(one) != len(other):
        return False
    return not one or len(one) > MOST_STRESSED or bool(one[0] & other[0])


def _sound_nearly_same(keys: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return any(
        key[0] == another[0]
        and min(len(key), len(another)) >= FEWEST_NEAR_SOUNDS
        and Levenshtein.distance(key, another) == 1
        for key in keys
        for another in others
    )
