"""Which prints are more like somebody else's than like their own person's? Pure numpy.

Similarities are cosines of unit vectors of one space.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Rows compared at once: the whole table of many prints would not fit.
STRIPE = 512


@dataclass(frozen=True, slots=True)
class VoiceprintSimilarity:
    """How near a print is to the nearest other one of its person, and of everybody else."""

    own: float | None
    other: float | None
    # The row of the nearest print of somebody else.
    nearest: int | None = None

    @property
    def lead(self) -> float:
        """How far somebody else is ahead."""
        return (-1.0 if self.other is None else self.other) - (self.own or 0.0)

    def is_doubtful(self, threshold: float) -> bool:
        """Nearer to somebody else; of an only print: so near that it would bear that name."""
        if self.other is None:
            return False
        return self.other >= threshold if self.own is None else self.other > self.own


def compare_voiceprints(
    vectors: NDArray[np.float64], people: Sequence[object]
) -> list[VoiceprintSimilarity]:
    """Compare every print, shape ``(prints, dimension)``, with all others."""
    _, owners = np.unique([str(person) for person in people], return_inverse=True)
    found: list[VoiceprintSimilarity] = []
    for start in range(0, len(vectors), STRIPE):
        rows = np.arange(start, min(start + STRIPE, len(vectors)))
        found += _compared(vectors[rows] @ vectors.T, rows, owners)
    return found


def _compared(
    near: NDArray[np.float64], rows: NDArray[np.intp], owners: NDArray[np.intp]
) -> list[VoiceprintSimilarity]:
    same = owners[rows][:, None] == owners[None, :]
    others = np.where(same, -np.inf, near)
    same[np.arange(len(rows)), rows] = False
    own = np.where(same, near, -np.inf).max(axis=1)
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
