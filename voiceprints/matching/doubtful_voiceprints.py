"""Voiceprints that are more similar to those of another person than to their own person's.

Similarities are cosines of unit vectors in one space.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Rows compared at a time: the whole table would not fit into memory.
STRIPE = 512


@dataclass(frozen=True, slots=True)
class VoiceprintSimilarity:
    """The highest similarity of a voiceprint to its own person, and to any other person."""

    own: float | None
    other: float | None
    # The row of the nearest voiceprint of another person.
    nearest: int | None = None

    @property
    def lead(self) -> float:
        """How much more similar the other person is."""
        return (-1.0 if self.other is None else self.other) - (self.own or 0.0)

    def is_doubtful(self, threshold: float) -> bool:
        """Return whether another person is more similar.

        The only voiceprint of a person is doubtful if it reaches the threshold of another person.
        """
        if self.other is None:
            return False
        return self.other >= threshold if self.own is None else self.other > self.own


def compare_voiceprints(
    vectors: NDArray[np.float64], people: Sequence[object]
) -> list[VoiceprintSimilarity]:
    """Compare every voiceprint, shape ``(voiceprints, dimension)``, with all others."""
    _, owners = np.unique([str(person) for person in people], return_inverse=True)
    found: list[VoiceprintSimilarity] = []
    for start in range(0, len(vectors), STRIPE):
        rows = np.arange(start, min(start + STRIPE, len(vectors)))
        found += _compare_rows(vectors[rows] @ vectors.T, rows, owners)
    return found


def _compare_rows(
    similarities: NDArray[np.float64], rows: NDArray[np.intp], owners: NDArray[np.intp]
) -> list[VoiceprintSimilarity]:
    same = owners[rows][:, None] == owners[None, :]
    others = np.where(same, -np.inf, similarities)
    same[np.arange(len(rows)), rows] = False
    own = np.where(same, similarities, -np.inf).max(axis=1)
    nearest = others.argmax(axis=1)
    other = others[np.arange(len(rows)), nearest]
    return [
        VoiceprintSimilarity(
            _finite(mine), _finite(theirs), int(row) if np.isfinite(theirs) else None
        )
        for mine, theirs, row in zip(own, other, nearest, strict=True)
    ]


def _finite(value: np.float64) -> float | None:
    return float(value) if np.isfinite(value) else None
