"""The dictionaries of ordinary words, which no correction changes.

Source: pyspellchecker's word lists, counted in subtitles (languages of `LANGUAGES`).
"""

import re
from collections.abc import Callable
from functools import lru_cache

# Their words are in Latin letters, as the phonetic keys require.
LANGUAGES = ("de", "en", "es", "eu", "fr", "it", "lv", "nl", "pt")
# In a text of this many words, this share of the first ones must be known.
FEWEST_CHECKED, MOST_CHECKED = 20, 1000
LEAST_KNOWN = 0.75
_PARTS = re.compile(r"[^\W\d_]+")
# The endings that a listed word may have in addition.
_ENDINGS = ("s", "es", "d", "ed", "ing", "ly", "er", "est", "eth")
# A word in y has i before these.
_Y_ENDINGS = ("ies", "ied", "ier", "iest", "ieth", "iness")
# The list of English words is American: how British words differ from it.
_BRITISH = (
    (re.compile(r"our(?!$)|(?<=[lnrb])our$"), "or"),
    (re.compile(r"(?<=\w\w)is(?=e|ed|es|er|ing|ation)"), "iz"),
    (re.compile(r"tre(?=s?$)"), "ter"),
    (re.compile(r"ys(?=e|ed|ing)"), "yz"),
    (re.compile(r"ence(?=s?$)"), "ense"),
    (re.compile(r"ogue(?=s?$)"), "og"),
    (re.compile(r"ll(?=ed$|ing$|er$)"), "l"),
    (re.compile(r"mme(?=s?$)"), "m"),
)


def has_dictionary(language: str) -> bool:
    """Return whether there is a dictionary of this language, a code such as `en`."""
    return language in LANGUAGES


def known_words(language: str) -> Callable[[str], bool]:
    """Return a function that says whether a word, or each of its parts, is in a dictionary.

    Single letters, numbers and words with digits are known: they are no misspelled names.
    """
    words = _dictionary(language)

    def is_known(word: str) -> bool:
        lower = word.lower()
        return lower in words or all(
            len(part) < 3 or _is_listed(part, words) for part in _PARTS.findall(lower)
        )

    return is_known


def is_mostly_known(text: str, is_known: Callable[[str], bool]) -> bool:
    """Return whether a text may be in the language of a dictionary; a short one always may.

    Of English text 97 words in 100 are in the English dictionary, of other languages' text at most
    60, by the counts of all dictionaries.
    """
    words = _PARTS.findall(text)[:MOST_CHECKED]
    return len(words) < FEWEST_CHECKED or sum(map(is_known, words)) >= LEAST_KNOWN * len(words)


def _is_listed(word: str, words: frozenset[str]) -> bool:
    if word in words:
        return True
    if any(word.endswith(end) and word.removesuffix(end) in words for end in _ENDINGS):
        return True
    if any(word.endswith(end) and f"{word.removesuffix(end)}y" in words for end in _Y_ENDINGS):
        return True
    return any(pattern.sub(other, word) in words for pattern, other in _BRITISH)


@lru_cache(maxsize=len(LANGUAGES))
def _dictionary(language: str) -> frozenset[str]:
    # Loaded with the first terms that are sent: most requests have none.
    from spellchecker import SpellChecker

    return frozenset(SpellChecker(language=language).word_frequency.keys())
