"""How do many vectors look from the side where they differ most? Pure numpy."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Plane:
    """Points, shape ``(vectors, 2)``, and which share of all differences they show."""

    points: NDArray[np.float64] = field(repr=False)
    share: float


def project(vectors: NDArray[np.float64]) -> Plane:
    """Draw vectors, shape ``(vectors, dimension)``, on the plane of their principal components.

    The same vectors always give the same picture: the component that weighs most in an axis
    points right or up.
    """
    count = len(vectors)
    if count < 2:
        return Plane(np.zeros((count, 2)), 1.0)
    centred = vectors - vectors.mean(axis=0)
    _, lengths, axes = np.linalg.svd(centred, full_matrices=False)
    points = centred @ _turned(axes[:2]).T
    whole = float(np.square(lengths).sum())
    return Plane(points, float(np.square(lengths[:2]).sum()) / whole if whole else 1.0)


def _turned(axes: NDArray[np.float64]) -> NDArray[np.float64]:
    heaviest = axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)]
    return np.asarray(axes * np.where(heaviest < 0, -1.0, 1.0)[:, None])
