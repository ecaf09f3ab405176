"""The acceptance of names by the rule ``evidence``, and the reason where no name is accepted."""

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

    By timeline: ``min_share`` of the speaker's evidence and of the name's, over at least
    ``min_evidence_s`` exclusive seconds. By voice: a cosine of ``voiceprint_threshold``,
    ``min_margin`` above the next person's. A timeline that chance explains with a probability
    above ``max_chance`` is not used.

    Source: `benchmarks.naming_quality`, recordings of 60 s and 5 min at all its levels. A
    ``min_share`` of 0.5 or 0.6 raises wrong time above its minimum, by 0.02 points; 0.8 leaves 6
    points more unnamed. ``min_evidence_s`` of 5 s leaves 3 points more unnamed; less than 2.5 s,
    about one turn, gains 1 point. ``max_chance`` of 0.01 leaves 6 points more unnamed; 0.1 refuses
    nine in ten timelines of a minute whose names were assigned at random. ``min_margin`` has no
    effect there, where no two voices are similar: its value is a guess.
    """

    min_share: float = 0.7
    min_evidence_s: float = 2.5
    voiceprint_threshold: float = DEFAULT_THRESHOLD
    min_margin: float = DEFAULT_MARGIN
    max_chance: float = 0.1


EVIDENCE_RULE = EvidenceRule()


@dataclass(frozen=True, slots=True)
class Accepted:
    """Which names timeline, voice, or both together support: each ``(speakers, names)``."""

    visual: NDArray[np.bool_]
    voice: NDArray[np.bool_]
    either: NDArray[np.bool_]


def accept_names(weighed: Weighed, rule: EvidenceRule) -> Accepted:
    """Decide which names are good enough for which speakers.

    A name is accepted by the timeline alone, by voice alone, or where the nearest voice reaches
    the threshold but not the margin, and its name has the most weight in the timeline. Values
    exactly at a bound are accepted. Arrays have the shape ``(speakers, names)``.
    """
    visual = (
        (weighed.visual > 0)
        & (weighed.exclusive >= rule.min_evidence_s - NOISE_S)
        & (weighed.speaker_share >= rule.min_share - NOISE_S)
        & (weighed.name_share >= rule.min_share - NOISE_S)
    )
    similar = weighed.similarity >= rule.voiceprint_threshold - NOISE
    voice = similar & (weighed.margin >= rule.min_margin - NOISE)
    most = weighed.visual.max(axis=1, keepdims=True, initial=0.0)
    agree = similar & (weighed.visual > 0) & (weighed.visual >= most) & (weighed.margin >= -NOISE)
    return Accepted(visual, voice, visual | voice | agree)


def explain_unnamed(row: int, weighed: Weighed, accepted: Accepted, rule: EvidenceRule) -> Reason:
    """Return the reason why a speaker has no name: the first of these that applies.

    ``conflict``: a name is good enough, but another speaker has it, or the timeline has more
    weight for a name that is not. ``ambiguous_voice``: a voice is similar enough, but so is
    another. ``no_evidence``: no name is shown and no voice is similar. ``too_little_evidence``:
    less exclusive time than a name needs. ``ambiguous_timeline``: enough time, but no name
    reaches the shares.
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
