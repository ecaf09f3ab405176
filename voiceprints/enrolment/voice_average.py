"""Which of many fingerprints are one voice, and what is their mean?

Similarities are cosines.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.merge.clustering import LinkingRule, cluster
from audio.merge.naming.voice_similarity import unit
from audio.merge.values import Embedding
from voiceprints.people.enrolment_errors import SeveralVoices

# A window in ten goes wrong where somebody coughs or is talked over. Another voice is more.
MOST_DISCARDED = 0.25


@dataclass(frozen=True, slots=True)
class VoiceAverage:
    """One voice of unit length, and how well it was heard.

    `kept` says which fingerprints it is made of; `cohesion` is their mean similarity to it.
    """

    vector: Embedding
    kept: NDArray[np.bool_]
    cohesion: float


def average_voice(
    embeddings: NDArray[np.float64], seconds: NDArray[np.float64], *, threshold: float
) -> VoiceAverage:
    """The mean of the fingerprints, weighted by duration, without those that are another voice's.

    `fingerprints` has shape (windows, dimension), at least one; `threshold` is the least
    similarity of one voice.

    Raises
    ------
    SeveralVoices
    """
    rows = np.apply_along_axis(unit, 1, embeddings)
    nowhere_apart = np.zeros((len(rows), len(rows)), dtype=np.bool_)
    groups = cluster(1 - rows @ rows.T, seconds, nowhere_apart, rule=LinkingRule(1 - threshold))
    kept = groups == np.bincount(groups, weights=seconds).argmax()
    discarded = float(seconds[~kept].sum() / seconds.sum())
    if discarded > MOST_DISCARDED:
        raise SeveralVoices(discarded)
    vector = unit(np.average(rows[kept], axis=0, weights=seconds[kept]))
    return VoiceAverage(vector, kept, float((rows[kept] @ vector).mean()))
