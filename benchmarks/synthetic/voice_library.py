"""Made-up voices and conversations of very many people, the same for the same seed.

Two prints of one person have a cosine of 0.5 to 0.9, of two people 0.1 on average. Words are as
frequent as in a language: the n-th most frequent 1/n as often as the first.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

DIMENSION = 192
# What all voices share, as a cosine.
IN_COMMON = 0.1
# How much of what is left is the person's and not the moment's. A product of two of them, and what
# is in common, is the likeness of two prints.
LEAST_OWN, MOST_OWN = 0.667, 0.943
SYLLABLES = ["".join(pair) for pair in product("bdfgklmnprst", "aeiou")]
VOCABULARY = 20_000
BLOCK_WORDS = 12

Vectors = NDArray[np.float32]


class Crowd:
    """People, by number; each has a voice that is heard anew whenever it is asked for."""

    def __init__(self, random: Generator, people: int) -> None:
        self._random = random
        self._shared = _directions(random, 1)
        self._own = _directions(random, people)

    def __len__(self) -> int:
        return len(self._own)

    def heard(self, people: NDArray[np.int64]) -> Vectors:
        """How these people sound this time: (people, dimension), of length 1."""
        return self._sounding(self._own[people])

    def strangers(self, count: int) -> Vectors:
        """How people sound who are none of them."""
        return self._sounding(_directions(self._random, count))

    def _sounding(self, own: Vectors) -> Vectors:
        share = self._random.uniform(LEAST_OWN, MOST_OWN, (len(own), 1))
        moment = _directions(self._random, len(own))
        mixed = share * own + np.sqrt(1 - share**2) * moment
        sounds = np.sqrt(IN_COMMON) * self._shared + np.sqrt(1 - IN_COMMON) * mixed
        return _unit(sounds)


def vocabulary() -> list[str]:
    """Words, the most frequent first."""
    return ["".join(word) for _, word in zip(range(VOCABULARY), _words(), strict=False)]


def texts(random: Generator, count: int) -> list[str]:
    """What is said in so many blocks."""
    words = np.array(vocabulary(), dtype=object)
    frequency = 1 / np.arange(1, VOCABULARY + 1)
    upto = np.cumsum(frequency / frequency.sum())
    chosen = np.searchsorted(upto, random.random((count, BLOCK_WORDS)))
    return [" ".join(row) for row in words[np.minimum(chosen, VOCABULARY - 1)]]


def _words() -> Iterator[tuple[str, ...]]:
    yield from product(SYLLABLES, repeat=3)


def _directions(random: Generator, count: int) -> Vectors:
    return _unit(random.normal(size=(count, DIMENSION)))


def _unit(vectors: NDArray[np.floating]) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / lengths).astype(np.float32)
    return scaled
