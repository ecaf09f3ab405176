"""The speaker cache: the past frames that separate the speakers of a stream best.

Source: Medennikov et al., "Streaming Sortformer: Speaker Cache-Based Online Speaker Diarization
with Arrival-Time Ordering" (2025); NeMo 3.0.0, ``SortformerModules._compress_spkcache``;
transformers 5.24.0, ``Nemotron3DiarizationSpeakerCache``. Ties go to the lowest index, so that one
input has one answer on every machine.
"""

import math

import numpy as np
from numpy.typing import NDArray

from nvidia_engine.diarization.geometry import Geometry

Rows = NDArray[np.float32]

# NeMo's defaults: the floor of a probability in a logarithm, the bonus of the newest frames, and
# of a speaker's share the parts that are strongly and weakly preferred, and that clear speech must
# fill.
_FLOOR, _LATEST_BONUS = 0.25, 0.05
_STRONG, _WEAK, _CLEAR = 0.75, 1.5, 0.5


def compress(
    embeddings: Rows, activity: Rows, silence: Rows, geometry: Geometry
) -> tuple[Rows, Rows]:
    """Reduce the cache to its size, ordered by speaker and within a speaker by time.

    Parameters
    ----------
    embeddings
        (rows, width), more rows than the cache holds.
    activity
        (rows, speakers), probabilities.
    silence
        (width,), the embedding of silence.

    Returns
    -------
    Embeddings (cache, width) and activity (cache, speakers); rows of silence have activity 0.
    """
    rows, speakers = activity.shape
    share = geometry.cache // speakers - geometry.silence_rows
    scores = _scores(activity, share)
    scores[geometry.cache :] += _LATEST_BONUS
    _boost(scores, math.floor(share * _STRONG), 2 * math.log(2))
    _boost(scores, math.floor(share * _WEAK), math.log(2))
    silent = np.full((geometry.silence_rows, speakers), np.inf)
    flat = np.concatenate([scores, silent]).T.reshape(-1)
    best = np.argsort(-flat, kind="stable")[: geometry.cache]
    # Rows without clear speech become silence, at the end.
    best = np.sort(np.where(flat[best] == -np.inf, len(flat), best))
    per_speaker = rows + geometry.silence_rows
    source = np.where(best == len(flat), rows, np.minimum(best % per_speaker, rows))
    with_silence = np.concatenate([embeddings, silence[None]])
    quiet = np.zeros((1, speakers), activity.dtype)
    chosen = with_silence[source].astype(np.float32)
    return chosen, np.concatenate([activity, quiet])[source].astype(np.float32)


def _scores(activity: Rows, share: int) -> NDArray[np.float64]:
    """Rate each frame for each speaker: high where that one speaks clearly and alone."""
    absent = np.log(np.maximum(1 - activity, _FLOOR))
    present = np.log(np.maximum(activity, _FLOOR))
    scores = present - absent + absent.sum(axis=1, keepdims=True) - math.log(0.5)
    is_speech = activity > 0.5
    scores = np.where(is_speech, scores, -np.inf)
    is_clear = scores > 0
    has_enough = is_clear.sum(axis=0, keepdims=True) >= math.floor(share * _CLEAR)
    return np.where(~is_clear & is_speech & has_enough, -np.inf, scores)


def _boost(scores: NDArray[np.float64], count: int, bonus: float) -> None:
    """Add a bonus to each speaker's best frames."""
    for speaker in range(scores.shape[1]):
        best = np.argsort(-scores[:, speaker], kind="stable")[:count]
        scores[best, speaker] += bonus
