"""Names that no dictionary has, and sentences in which they are said: the same for a seed."""

from collections.abc import Sequence

from numpy.random import Generator

_ONSETS = ("b", "br", "d", "dr", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "sh", "st",
           "t", "th", "tr", "v", "w", "z")  # fmt: skip
_VOWELS = ("a", "e", "i", "o", "u")
_CODAS = ("", "", "", "l", "m", "n", "r", "s", "nd", "rt", "th", "x", "ck")
_ENDINGS = ("a", "ara", "ek", "en", "ia", "in", "is", "o", "ova", "sen", "son", "us", "vik",
            "wick", "man", "ley")  # fmt: skip
_SENTENCES = (
    "Yesterday {name} sent us the figures for the quarter.",
    "I spoke with {name} about the contract this morning.",
    "Could you ask {name} whether the date still holds?",
    "The next item was proposed by {name} last week.",
    "We should wait until {name} has read the report.",
    "As far as I remember, {name} agreed to that.",
)


def made_up_names(random: Generator, count: int) -> list[str]:
    """Return different names of two to four syllables."""
    names: dict[str, None] = {}
    while len(names) < count:
        names[_name(random)] = None
    return list(names)


def sentences_with(random: Generator, names: Sequence[str]) -> list[str]:
    """Return a sentence for each name."""
    return [str(random.choice(_SENTENCES)).format(name=name) for name in names]


def _name(random: Generator) -> str:
    syllables = 1 if random.random() < 0.6 else 2
    parts = (_ONSETS, _VOWELS, _CODAS) * syllables
    return "".join(str(random.choice(part)) for part in (*parts, _ENDINGS)).capitalize()
