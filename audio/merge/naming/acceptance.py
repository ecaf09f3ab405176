"""The acceptance of names by the rule ``evidence``, and the reason where no name is accepted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.merge.defaults import DEFAULT_MARGIN, DEFAULT_THRESHOLD
from audio.merge.intervals import NOISE_S
from audio.merge.naming.joint_table import Table
from audio.merge.naming.voices.voice_similarity import NOISE
from audio.merge.naming.weights import Weighed
from audio.merge.values import Reason

# Sums of equal weights in another order differ by less than this.
NOISE_NATS = 1e-6
# A speaker shown under names for less than this says nothing about the timeline.
LEAST_SHOWN_S = 1.0
# Voices change the probability of chance by a factor of 4.5 at most: from 1 to 3 nats the
# benchmark's figures are the same.
MOST_AGREEMENT = 1.5


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """When a name is good enough.

    By timeline: a weight of ``min_lead_nats`` more than the speaker's next-best name, and than no
    name, and ``min_share`` of the speaker's named time, over at least ``min_evidence_s`` exclusive
    seconds; at least ``min_begun`` of the name's lit runs begin while the speaker talks that would
    where the name is the speaker's; and the speaker's turns begin with it, by at least
    ``min_onsets_nats``; a negative bound lets turns without the name speak against it a little.
    By voice: a cosine of ``voiceprint_threshold``, ``min_margin`` above the next person's. A
    timeline that chance explains with a probability above ``max_chance`` is not used.

    Source: the specification of naming for lead and share. The others: `benchmarks.naming_quality`
    at 5 min; docs/adr/0032 and 0048 have the figures of other values. ``min_margin`` has little
    effect there: its value is a guess.
    """

    min_lead_nats: float = 2.0
    min_share: float = 0.5
    min_evidence_s: float = 2.5
    min_begun: float = 0.4
    min_onsets_nats: float = -1.0
    voiceprint_threshold: float = DEFAULT_THRESHOLD
    min_margin: float = DEFAULT_MARGIN
    max_chance: float = 0.06


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
    the threshold but not the margin, and its name has the most weight in the timeline; and only
    where its weight of both leads every other name's. Values exactly at a bound are accepted.
    Arrays have the shape ``(speakers, names)``.
    """
    visual = (
        (weighed.visual >= rule.min_lead_nats - NOISE_NATS)
        & (lead(weighed.visual) >= rule.min_lead_nats - NOISE_NATS)
        & (weighed.exclusive >= rule.min_evidence_s - NOISE_S)
        & (weighed.speaker_share >= rule.min_share - NOISE_S)
        & (weighed.begun >= rule.min_begun)
        & (weighed.onsets >= rule.min_onsets_nats - NOISE_NATS)
    )
    similar = weighed.similarity >= rule.voiceprint_threshold - NOISE
    voice = similar & (weighed.margin >= rule.min_margin - NOISE)
    most = weighed.visual.max(axis=1, keepdims=True, initial=0.0)
    agree = similar & (weighed.visual > 0) & (weighed.visual >= most) & (weighed.margin >= -NOISE)
    leading = lead(weighed.total) >= rule.min_lead_nats - NOISE_NATS
    return Accepted(visual, voice, (visual | voice | agree) & leading)


def voice_agreement(weighed: Weighed, rule: EvidenceRule) -> float:
    """Return how far recognised voices speak for the timeline, in nats: negative, against it.

    Each speaker who has a known voice and is shown under names counts by the log of their number:
    for the timeline where the voice's name is shown longest, and else against it.
    """
    shown = np.count_nonzero(weighed.exclusive.any(axis=0))
    if shown < 2:
        return 0.0
    is_voice = (weighed.similarity >= rule.voiceprint_threshold - NOISE) & (
        weighed.margin >= rule.min_margin - NOISE
    )
    longest = weighed.exclusive.max(axis=1, initial=0.0)
    is_heard = is_voice.any(axis=1) & (longest >= LEAST_SHOWN_S)
    agrees = (is_voice & (weighed.exclusive >= longest[:, np.newaxis])).any(axis=1)
    votes = np.count_nonzero(is_heard & agrees) - np.count_nonzero(is_heard & ~agrees)
    return float(np.clip(votes * np.log(shown), -MOST_AGREEMENT, MOST_AGREEMENT))


def lead(weights: Table) -> Table:
    """Return the lead of each cell over the best other one of its row, infinite without another.

    Examples
    --------
    >>> lead(np.array([[5.0, 3.0, 1.0]])).tolist()
    [[2.0, -2.0, -4.0]]

    """
    ranked = -np.sort(-np.pad(weights, ((0, 0), (0, 2)), constant_values=-np.inf), axis=1)
    best = np.arange(weights.shape[1]) == (
        np.argmax(weights, axis=1)[:, np.newaxis] if weights.size else 0
    )
    ahead: Table = weights - np.where(best, ranked[:, 1:2], ranked[:, :1])
    return ahead


def explain_unnamed(row: int, weighed: Weighed, accepted: Accepted, rule: EvidenceRule) -> Reason:
    """Return the reason why a speaker has no name: the first of these that applies.

    ``conflict``: a name is good enough, but another speaker has it, or the timeline has more
    weight for a name that is not. ``ambiguous_voice``: a voice is similar enough, but so is
    another. ``no_evidence``: no name is shown and no voice is similar. ``too_little_evidence``:
    less exclusive time than a name needs. ``ambiguous_timeline``: enough time, but no name
    leads, or none has half of it.
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
