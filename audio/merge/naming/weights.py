"""The weight of evidence of timeline and voice for every name of every speaker.

Conventions
-----------
Tables have the shape ``(speakers, names)``. Weights of evidence are log likelihood ratios in nats
(Good, Weight of evidence: a brief survey, 1985): weights of independent sources add up, and a
weight of 0 means no evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.merge.naming.joint_table import Table
from audio.merge.naming.timeline_evidence import Timeline
from audio.merge.naming.voices.voice_similarity import (
    Similarities,
    compare_speakers,
    compare_with_voices,
)
from audio.merge.values import Diarization, Voices

# A voice at its threshold has a weight of 1 nat, and 4 more for every 0.1 above it: the log
# likelihood ratio of two normal distributions of cosines, 0.4 apart, with a deviation of 0.1. The
# distributions are assumed; from 10 to 80 nats per cosine, and from 0 to 3 at the threshold, the
# simulator's figures are the same.
VOICE_NATS = 1.0
VOICE_NATS_PER_COSINE = 40.0


@dataclass(frozen=True, slots=True)
class Weighed:
    """The evidence for every name of every speaker.

    ``speaker_share`` and ``name_share`` are the shares of a cell's ``seconds`` in its row and in
    its column, where the rows of speakers with similar voices count together. ``similarity`` and
    ``margin`` are cosines, ``-inf`` where nothing can be compared. ``speaker_similarity`` has the
    shape ``(speakers, speakers)``. ``rooms``, of shape ``(names,)``, are names that several people
    bear. ``begun`` and ``onsets`` are those of `Timeline`.
    """

    names: tuple[str, ...]
    exclusive: Table
    seconds: Table
    speaker_share: Table
    name_share: Table
    similarity: Similarities
    margin: Similarities
    speaker_similarity: Similarities
    visual: Table
    voice: Table
    rooms: NDArray[np.bool_]
    begun: Table
    onsets: Table

    @property
    def total(self) -> Table:
        """The weight of all evidence, in nats."""
        return self.visual + self.voice


def weigh(
    speakers: Sequence[str],
    diarization: Diarization,
    timeline: Timeline,
    libraries: Sequence[Voices],
    *,
    threshold: float,
) -> Weighed:
    """Weigh the evidence for every name of every speaker.

    The names are those of the timeline, and each speaker's two nearest known voices.

    Parameters
    ----------
    speakers
        The rows.
    diarization
        The speakers' embeddings.
    timeline
        The evidence of the timeline, from `read_timeline`.
    libraries
        Known voices.
    threshold
        The least cosine that has any weight.

    Returns
    -------
    Weighed
        Without columns where there are neither timeline entries nor known voices.

    """
    names, voices, margins = _nearest(speakers, diarization, timeline.names, libraries)
    speaker_similarity = compare_speakers(speakers, diarization.embeddings)
    missing = ((0, 0), (0, len(names) - len(timeline.names)))
    exclusive, seconds, visual, begun, onsets = (
        np.pad(table, missing)
        for table in (
            timeline.exclusive,
            timeline.seconds,
            timeline.weight,
            timeline.begun,
            timeline.onsets,
        )
    )
    return Weighed(
        names=names,
        exclusive=exclusive,
        seconds=seconds,
        speaker_share=_share(seconds, seconds.sum(axis=1, keepdims=True)),
        name_share=_share((speaker_similarity >= threshold) @ seconds, seconds.sum(axis=0)),
        similarity=voices,
        margin=margins,
        speaker_similarity=speaker_similarity,
        visual=visual,
        voice=weigh_similarity(voices, threshold),
        rooms=np.pad(timeline.rooms, missing[1]),
        begun=begun,
        onsets=onsets,
    )


def weigh_similarity(similarity: Similarities, threshold: float) -> Table:
    """Return the weight of each similarity, in nats: 0 below the threshold.

    Examples
    --------
    >>> weigh_similarity(np.array([0.4, 0.5, 0.6]), 0.5).round(6).tolist()
    [0.0, 1.0, 5.0]

    """
    above = np.maximum(similarity - threshold, 0.0)
    weight = VOICE_NATS + VOICE_NATS_PER_COSINE * above
    counted: Table = np.where(similarity >= threshold, weight, 0.0)
    return counted


def _nearest(
    speakers: Sequence[str],
    diarization: Diarization,
    shown: tuple[str, ...],
    libraries: Sequence[Voices],
) -> tuple[tuple[str, ...], Similarities, Similarities]:
    """Return the names that count, the similarities of their voices, and the margins."""
    known, table = compare_with_voices(speakers, diarization.embeddings, libraries)
    nearest = [known[at] for at in np.unique(np.argsort(-table, axis=1, kind="stable")[:, :2])]
    names = tuple(dict.fromkeys((*shown, *nearest)))
    index = {name: at for at, name in enumerate(known)}
    columns = [index.get(name, -1) for name in names]
    padded, margins = (
        np.pad(one, ((0, 0), (0, 1)), constant_values=-np.inf) for one in (table, _margins(table))
    )
    return names, padded[:, columns], margins[:, columns]


def _margins(table: Similarities) -> Similarities:
    """Return the lead of each cell over the best other of its row, or over -1 without another."""
    ranked = -np.sort(-np.pad(table, ((0, 0), (0, 2)), constant_values=-np.inf), axis=1)
    first, second = ranked[:, :1], ranked[:, 1:2]
    best = np.arange(table.shape[1]) == (
        np.argmax(table, axis=1)[:, np.newaxis] if table.size else 0
    )
    rival = np.maximum(np.where(best, second, first), -1.0)
    margins: Similarities = np.where(np.isfinite(table), table - rival, -np.inf)
    return margins


def _share(part: Table, whole: Table) -> Table:
    whole = np.broadcast_to(whole, part.shape)
    share: Table = np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)
    return np.minimum(share, 1.0)
