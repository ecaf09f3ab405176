"""The clustering of local speakers: which ones of different windows are one person.

Average-linkage clustering on cosine distance: two groups join while the mean distance between
their members is at most `CUT`. Source: the cut was chosen on LibriSpeech and simulated
meetings for CAM++ embeddings; it is not valid in another space.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from cpu_engine.diarization.embeddings import unit

CUT = 0.6
# A local speaker takes part with this much speech of its own; shorter ones are too uncertain.
SHORTEST_TRAINING_S = 1.0
# Below this much speech in the whole recording a group is noise, not a person.
SHORTEST_SPEAKER_S = 2.0

Vectors = NDArray[np.float32]


def centroids(
    vectors: Vectors, clean_s: NDArray[np.float64], share_s: NDArray[np.float64]
) -> Vectors:
    """Return one centroid for each person who takes part in the recording.

    Parameters
    ----------
    vectors
        (voices, 192), unit length, one per local speaker; at least one.
    clean_s
        (voices,) seconds in which that local speaker talks alone.
    share_s
        (voices,) the same, where time that several windows cover is divided among them.

    Returns
    -------
    (people, 192), unit length, at least one row. When no group has two seconds, all stay.
    """
    training = clean_s >= SHORTEST_TRAINING_S
    if training.sum() < 2:
        training = np.ones(len(vectors), bool)
    groups = grouped(vectors[training])
    member = groups[:, None] == np.unique(groups)
    spoken_s = share_s[training] @ member
    kept = spoken_s >= SHORTEST_SPEAKER_S
    if not kept.any():
        kept[:] = True
    # A small constant keeps a group whose members never talk alone.
    weights = (clean_s[training] + 1e-3)[:, None] * member[:, kept]
    return unit((weights.T @ vectors[training]).astype(np.float32))


def grouped(vectors: Vectors) -> NDArray[np.int32]:
    """Return the group of each vector: (vectors,) numbers from 1."""
    if len(vectors) < 2:
        return np.ones(len(vectors), np.int32)
    tree = linkage(vectors, method="average", metric="cosine")
    return fcluster(tree, CUT, criterion="distance")
