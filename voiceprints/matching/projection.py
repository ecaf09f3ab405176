"""The projection of vectors on a plane, for the map of voiceprints in the admin."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Plane:
    """Points, shape ``(vectors, 2)``, and the share of the variance that they show."""

    points: NDArray[np.float64] = field(repr=False)
    share: float


def project(vectors: NDArray[np.float64]) -> Plane:
    """Project vectors, shape ``(vectors, dimension)``, on their first two principal components.

    The same vectors always give the same points: the largest component of each axis is positive.
    """
    count = len(vectors)
    if count < 2:
        return Plane(np.zeros((count, 2)), 1.0)
    centred = vectors - vectors.mean(axis=0)
    _, lengths, axes = np.linalg.svd(centred, full_matrices=False)
    points = centred @ _orient(axes[:2]).T
    total = float(np.square(lengths).sum())
    return Plane(points, float(np.square(lengths[:2]).sum()) / total if total else 1.0)


def _orient(axes: NDArray[np.float64]) -> NDArray[np.float64]:
    heaviest = axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)]
    return np.asarray(axes * np.where(heaviest < 0, -1.0, 1.0)[:, None])
