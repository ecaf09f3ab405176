"""When what speaks for a name is good enough, and why nobody is named where it is not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.merge.defaults import DEFAULT_MARGIN, DEFAULT_THRESHOLD
from audio.merge.intervals import NOISE_S
from audio.merge.naming.voice_similarity import NOISE
from audio.merge.naming.weights import Weighed
from audio.merge.values import Reason


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """When a name is good enough.

    By timeline: ``min_share`` of the speaker's evidence and of the name's, over ``min_evidence_s``
    exclusive seconds. By voice: a cosine of ``voiceprint_threshold``, ``min_margin`` above the
    next person's. A timeline that chance explains with a probability over ``max_chance`` is not
    used.

    Source: `benchmarks.naming_quality`, recordings of 60 s and 5 min at all its levels. A
    ``min_share`` of 0.5 or 0.6 lets wrong time rise over the floor, by 0.02 points; 0.8 leaves 6
    points more unnamed. ``min_evidence_s`` of 5 s leaves 3 points more unnamed; less than 2.5 s,
    about one turn, gains 1 point. ``max_chance`` of 0.01 leaves 6 points more unnamed; 0.1 refuses
    nine in ten timelines of a minute whose names were dealt at random. ``min_margin`` has no
    effect there, where nobody sounds like somebody else: it is a guess.
    """

    min_share: float = 0.7
    min_evidence_s: float = 2.5
    voiceprint_threshold: float = DEFAULT_THRESHOLD
    min_margin: float = DEFAULT_MARGIN
    max_chance: float = 0.1


EVIDENCE_RULE = EvidenceRule()


@dataclass(frozen=True, slots=True)
class Accepted:
    """Where timeline, voice, or both together are good enough: shape ``(speakers, names)``."""

    visual: NDArray[np.bool_]
    voice: NDArray[np.bool_]
    either: NDArray[np.bool_]


def accept_names(weighed: Weighed, rule: EvidenceRule) -> Accepted:
    """Tell which names are good enough for which speakers.

    By timeline alone, by voice alone, or where the nearest voice, near enough but without its
    margin, has the name that the timeline has most weight for.
    """
    visual = (
        (weighed.visual > 0)
        & (weighed.exclusive >= rule.min_evidence_s - NOISE_S)
        & (weighed.speaker_share >= rule.min_share - NOISE_S)
        & (weighed.name_share >= rule.min_share - NOISE_S)
    )
    near = weighed.similarity >= rule.voiceprint_threshold - NOISE
    voice = near & (weighed.margin >= rule.min_margin - NOISE)
    most = weighed.visual.max(axis=1, keepdims=True, initial=0.0)
    agree = near & (weighed.visual > 0) & (weighed.visual >= most) & (weighed.margin >= -NOISE)
    return Accepted(visual, voice, visual | voice | agree)


def explain_unnamed(row: int, weighed: Weighed, accepted: Accepted, rule: EvidenceRule) -> Reason:
    """Tell why nothing names a speaker, the most telling reason first.

    ``conflict``: a name is good enough, but another speaker has it, or the timeline weighs more
    for one that is not. ``ambiguous_voice``: a voice is near enough, but another one is as near.
    ``no_evidence``: nobody is lit and no voice near. ``too_little_evidence``: less exclusive time
    than a name needs. ``ambiguous_timeline``: enough time, but no name has its shares.
    """
    seconds = float(weighed.exclusive[row].sum())
    if accepted.either[row].any():
        return "conflict"
    if weighed.voice[row].any():
        return "ambiguous_voice"
    if not weighed.seconds[row].any():
        return "no_evidence"
    if seconds < rule.min_evidence_s - NOISE_S:
        return "too_little_evidence"
    return "ambiguous_timeline"
