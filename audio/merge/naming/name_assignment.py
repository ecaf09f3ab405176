"""The assignment of accepted names to speakers: one to one, and who may share a name.

Conventions
-----------
Tables have the shape ``(speakers, names)``; weights are in nats, similarities are cosines.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from audio.merge.intervals import NOISE_S
from audio.merge.naming.acceptance import NOISE_NATS, Accepted, EvidenceRule, lead
from audio.merge.naming.timeline_evidence import SHARED_BEGUN
from audio.merge.naming.voices.voice_similarity import NOISE
from audio.merge.naming.weights import Weighed, weigh_similarity

# A speaker into which a diarizer mixed another person's speech is similar to that person: of one
# quarter, by 0.32, of one half, by 0.71, where the two voices are orthogonal. In the benchmark's
# recordings of 5 min (seeds 0 to 159) 0.6 raises mis by up to 0.1 points, 0.8 lowers right by 1.2.
SAME_VOICE = 0.7
# A name that is shared by weight has this many times the time of the speaker's next name; where
# the two speakers' voices differ, as they do in one room, one more. In the benchmark's recordings
# of 5 min ratios from 1 to 3 and of 2 to 8 change right by 0.2 points, mis by 0.1.
SHARE_RATIO, OTHER_VOICE_RATIO = 3.0, 4.0
# Where the voices differ, a shared name also has this many times the lead that a name needs: one
# tile wrong for one turn is not enough. At 5 min 2 raises mis by 0.05 points and right by 0.1.
OTHER_VOICE_LEADS = 4.0


@dataclass(frozen=True, slots=True)
class Assigned:
    """The name of a speaker, as an index, or None; ``bearer`` is the speaker who has it too."""

    name: int | None = None
    bearer: int | None = None
    is_by_voice: bool = False


def assign_names_to_speakers(
    weighed: Weighed, accepted: Accepted, rule: EvidenceRule
) -> tuple[Assigned, ...]:
    """Give each speaker a name, or none.

    Names go to speakers one to one, so that the total weight is largest; a room's name may go to
    several. A speaker without a name then shares one: that of a speaker with a similar voice,
    where both together have more weight than its own evidence and the timeline agrees; or an
    accepted name that leads in the speaker's own timeline.

    Parameters
    ----------
    weighed, accepted
        The evidence, and which names are good enough.
    rule
        The thresholds.

    Returns
    -------
    tuple of Assigned
        One for each speaker.

    """
    given = _one_to_one(weighed)
    given = {row: name for row, name in given.items() if accepted.either[row, name]}
    by_voice = _similar(weighed, given, rule)
    assigned = []
    for row in range(len(weighed.total)):
        if row in by_voice:
            bearer = by_voice[row]
            assigned.append(Assigned(given[bearer], bearer, is_by_voice=True))
        elif row in given:
            assigned.append(Assigned(given[row]))
        else:
            assigned.append(_leading(row, weighed, accepted, given, rule))
    return tuple(assigned)


def _one_to_one(weighed: Weighed) -> dict[int, int]:
    rooms = np.flatnonzero(weighed.rooms)
    columns = np.concatenate(
        (np.arange(len(weighed.names)), np.tile(rooms, max(0, len(weighed.total) - 1)))
    )
    total = np.maximum(weighed.total, 0.0)[:, columns]
    rows, chosen = scipy.optimize.linear_sum_assignment(total, maximize=True)
    pairs = zip(rows.tolist(), chosen.tolist(), strict=True)
    return {row: int(columns[column]) for row, column in pairs if total[row, column] > 0}


def _similar(weighed: Weighed, given: Mapping[int, int], rule: EvidenceRule) -> dict[int, int]:
    """Return, for each speaker who shares a name by voice, the row of the speaker who has it.

    Speakers with the most evidence are decided first.
    """
    total = np.maximum(weighed.total, 0.0)
    own = total.max(axis=1, initial=0.0)
    for row, name in given.items():
        own[row] = total[row, name]
    similarity = np.where(
        weighed.speaker_similarity >= SAME_VOICE - NOISE, weighed.speaker_similarity, -np.inf
    )
    nats = weigh_similarity(similarity, rule.voiceprint_threshold)
    bearers: list[int] = []
    shared: dict[int, int] = {}
    for row in np.argsort(-own, kind="stable").tolist():
        similar = [
            other
            for other in bearers
            if nats[row, other] > 0
            and total[row, given[other]] + nats[row, other] > own[row]
            and weighed.speaker_share[row, given[other]] >= rule.min_share - NOISE_S
        ]
        if similar:
            shared[row] = max(similar, key=lambda other: float(nats[row, other]))
        elif row in given:
            bearers.append(row)
    return shared


def _leading(
    row: int,
    weighed: Weighed,
    accepted: Accepted,
    given: Mapping[int, int],
    rule: EvidenceRule,
) -> Assigned:
    """Return the accepted name that leads in the speaker's own timeline."""
    share = weighed.speaker_share[row]
    next_share = np.maximum(share - lead(weighed.speaker_share[[row]])[0], 0.0)
    differs = _differ_in_voice(row, weighed, given, rule)
    ratios = np.where(differs, OTHER_VOICE_RATIO, SHARE_RATIO)
    least = np.where(differs, OTHER_VOICE_LEADS * rule.min_lead_nats, 0.0)
    leading = (
        accepted.either[row]
        & accepted.visual[row]
        & (weighed.visual[row] >= least - NOISE_NATS)
        & (share >= ratios * next_share - NOISE_S)
        & (weighed.begun[row] >= SHARED_BEGUN)
    )
    names = np.flatnonzero(leading)
    if not names.size:
        return Assigned()
    name = int(names[np.argmax(weighed.total[row, names])])
    return Assigned(name, next((other for other in given if given[other] == name), None))


def _differ_in_voice(
    row: int, weighed: Weighed, given: Mapping[int, int], rule: EvidenceRule
) -> NDArray[np.bool_]:
    """Return, for each name but a room's, whether its bearer has another voice."""
    differs = np.zeros(len(weighed.names), dtype=np.bool_)
    for other, name in given.items():
        similarity = weighed.speaker_similarity[row, other]
        if -np.inf < similarity < rule.voiceprint_threshold and not weighed.rooms[name]:
            differs[name] = True
    return differs
