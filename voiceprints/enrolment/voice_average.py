"""The average of the embeddings of one voice, without those of other voices.

Similarities are cosines.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.merge.chunks.constrained_clustering import LinkingRule, cluster
from audio.merge.naming.voices.voice_similarity import unit
from audio.merge.values import Embedding
from voiceprints.people.enrolment_errors import SeveralVoices

# Coughs and overlapping speech spoil about one window in ten. More than this is another voice.
MOST_DISCARDED = 0.25


@dataclass(frozen=True, slots=True)
class VoiceAverage:
    """An averaged embedding of length 1.

    `used` marks the embeddings it is made of; `cohesion` is their mean similarity to it.
    """

    vector: Embedding
    used: NDArray[np.bool_]
    cohesion: float


def average_voice(
    embeddings: NDArray[np.float64], seconds: NDArray[np.float64], *, threshold: float
) -> VoiceAverage:
    """Average the embeddings of the main voice, weighted by duration.

    `embeddings` has shape (windows, dimension) and at least one row; `seconds` has shape
    (windows,). Embeddings of one voice have at least the similarity `threshold`.

    Raises
    ------
    SeveralVoices
    """
    rows = np.apply_along_axis(unit, 1, embeddings)
    no_conflicts = np.zeros((len(rows), len(rows)), dtype=np.bool_)
    groups = cluster(1 - rows @ rows.T, seconds, no_conflicts, rule=LinkingRule(1 - threshold))
    used = groups == np.bincount(groups, weights=seconds).argmax()
    discarded = float(seconds[~used].sum() / seconds.sum())
    if discarded > MOST_DISCARDED:
        raise SeveralVoices(discarded)
    vector = unit(np.average(rows[used], axis=0, weights=seconds[used]))
    return VoiceAverage(vector, used, float((rows[used] @ vector).mean()))
