"""Embeddings of pieces → one embedding of a speaker."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

# Less speech says little about a voice; the contract allows a label without an embedding.
LEAST_S = 1.5
# A piece that points elsewhere than the middle of all is another voice or noise.
_ALIKE = 0.5


def average(vectors: Sequence[Vector], seconds: Sequence[float]) -> Vector | None:
    """Average the embeddings of one speaker's pieces, weighted by their lengths.

    Pieces with a cosine under 0.5 to the median direction are left out, but never below two
    pieces.

    Parameters
    ----------
    vectors
        (width,) each.

    Returns
    -------
    (width,) of length 1, or None when the pieces are under 1.5 s or have no direction.
    """
    usable = [(v, s) for v, s in zip(vectors, seconds, strict=True) if has_direction(v)]
    if sum(length for _, length in usable) < LEAST_S:
        return None
    units = np.stack([vector / np.linalg.norm(vector) for vector, _ in usable])
    weights = np.array([length for _, length in usable])
    kept = _alike(units)
    mean = (units[kept] * weights[kept, None]).sum(axis=0)
    return (mean / np.linalg.norm(mean)).astype(np.float32) if has_direction(mean) else None


def _alike(units: NDArray[np.float32]) -> NDArray[np.int64]:
    """Choose the rows near the median direction; at least the two nearest."""
    median = np.median(units, axis=0)
    cosines = units @ (median / max(float(np.linalg.norm(median)), 1e-12))
    order = np.argsort(-cosines, kind="stable")
    enough = max(int((cosines >= _ALIKE).sum()), min(2, len(units)))
    return np.sort(order[:enough])


def has_direction(vector: Vector) -> bool:
    """Return whether a vector is finite and not zero."""
    return bool(np.isfinite(vector).all()) and float(np.linalg.norm(vector)) > 1e-6
