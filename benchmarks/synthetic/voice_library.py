"""Synthetic voices and texts of many people, the same for the same seed.

Two embeddings of one person have a cosine of 0.5 to 0.9, of two people 0.1 on average. Words
follow Zipf's law: the n-th most frequent is 1/n as frequent as the first.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

DIMENSION = 192
# The mean cosine of two voices.
IN_COMMON = 0.1
# The share of the rest that belongs to the person and not to the recording. The product of two
# such shares, and the common part, give the similarity of two embeddings.
LEAST_OWN, MOST_OWN = 0.667, 0.943
SYLLABLES = ["".join(pair) for pair in product("bdfgklmnprst", "aeiou")]
VOCABULARY = 20_000
BLOCK_WORDS = 12

Vectors = NDArray[np.float32]


class Population:
    """People by number; each request draws a new recording of their voices."""

    def __init__(self, random: Generator, people: int) -> None:
        self._random = random
        self._shared = _directions(random, 1)
        self._own = _directions(random, people)

    def __len__(self) -> int:
        return len(self._own)

    def heard(self, people: NDArray[np.int64]) -> Vectors:
        """Return unit embeddings of new recordings of these people: ``(people, dimension)``."""
        return self._sounding(self._own[people])

    def strangers(self, count: int) -> Vectors:
        """Return unit embeddings of other people."""
        return self._sounding(_directions(self._random, count))

    def _sounding(self, own: Vectors) -> Vectors:
        share = self._random.uniform(LEAST_OWN, MOST_OWN, (len(own), 1))
        moment = _directions(self._random, len(own))
        mixed = share * own + np.sqrt(1 - share**2) * moment
        sounds = np.sqrt(IN_COMMON) * self._shared + np.sqrt(1 - IN_COMMON) * mixed
        return _unit(sounds)


def vocabulary() -> list[str]:
    """Return the words, the most frequent first."""
    return ["".join(word) for _, word in zip(range(VOCABULARY), _words(), strict=False)]


def texts(random: Generator, count: int) -> list[str]:
    """Return the texts of this number of blocks."""
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
