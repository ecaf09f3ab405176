"""The rule ``evidence``: the timeline and voices decide together which name each speaker gets.

Conventions
-----------
Times are in seconds, similarities are cosines, weights of evidence are in nats.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from audio.merge.diarized_speakers import speakers_of
from audio.merge.naming.acceptance import (
    EVIDENCE_RULE,
    Accepted,
    EvidenceRule,
    accept_names,
    explain_unnamed,
)
from audio.merge.naming.name_embeddings import candidate_voices
from audio.merge.naming.timeline_evidence import Timeline, read_timeline
from audio.merge.naming.unnamed_speakers import number_unnamed
from audio.merge.naming.weights import Weighed, weigh, weigh_similarity
from audio.merge.values import (
    Diarization,
    Evidence,
    NamedSpeaker,
    Notice,
    Support,
    TimelineEntry,
    Voices,
)

TIMELINE_UNUSABLE = Notice(
    "timeline_unusable",
    "The timeline was not used: at no offset within 3 s does it follow the speakers better than "
    "chance.",
)


@dataclass(frozen=True, slots=True)
class Naming:
    """The named speakers of a recording, the timeline's offset, and warnings.

    ``timeline_offset_s`` is in seconds, None where no timeline was used.
    """

    speakers: tuple[NamedSpeaker, ...]
    timeline_offset_s: float | None = None
    notices: tuple[Notice, ...] = ()


def name_by_evidence(
    diarization: Diarization,
    entries: Sequence[TimelineEntry],
    voices: Voices,
    *,
    rule: EvidenceRule = EVIDENCE_RULE,
    mic: NamedSpeaker | None = None,
) -> Naming:
    """Name each speaker, with the evidence for the best two names.

    Names are assigned to speakers one to one, so that the total weight of evidence is largest. A
    speaker with a voice similar to another's may share that speaker's name instead. A name that is
    not good enough by ``rule`` is not given: the speaker is ``Unknown_0``, …, and its evidence has
    the reason.

    Parameters
    ----------
    diarization
        The speakers, their turns (s) and embeddings.
    entries
        The visual timeline, in any order.
    voices
        Known voices.
    rule
        The thresholds; a value exactly at its threshold is accepted.
    mic
        The local user, when ``diarization`` is of the system track. The timeline never gives this
        name to a speaker there. A voice may: that of the mic track, unless ``voices`` has the
        name.

    Returns
    -------
    Naming
        Speakers in the order of `speakers_of`; empty for no speakers.

    Raises
    ------
    ValueError
        When a time is not finite, or the known voices' rows and names differ in number.

    Examples
    --------
    >>> from audio.merge.values import NO_VOICES, Turn
    >>> diarization = Diarization(
    ...     (Turn(0.0, 8.0, "Speaker_0"), Turn(8.0, 16.0, "Speaker_1")), ("Speaker_0", "Speaker_1")
    ... )
    >>> entries = [TimelineEntry(0.5, 8.5, "Ann"), TimelineEntry(8.5, 16.5, "Bob")]
    >>> naming = name_by_evidence(diarization, entries, NO_VOICES)
    >>> [(one.name, one.evidence.winner.exclusive_s) for one in naming.speakers]
    [('Ann', 8.0), ('Bob', 8.0)]
    >>> naming.timeline_offset_s
    0.5

    """
    own_name = {mic.name} if mic else set()
    others = [entry for entry in entries if entry.name.strip() not in own_name]
    speakers = speakers_of(diarization)
    timeline = read_timeline(speakers, diarization.turns, others)
    usable = _is_usable(timeline, rule)
    if not usable:
        timeline = read_timeline(speakers, diarization.turns, [])
    known = candidate_voices(voices, mic)
    weighed = weigh(speakers, diarization, timeline, known, threshold=rule.voiceprint_threshold)
    named = _decide(speakers, weighed, rule)
    taken = own_name.union(entry.name.strip() for entry in entries)
    return Naming(
        number_unnamed(named, diarization, taken),
        timeline.clock.offset_s if timeline.clock else None,
        () if usable else (TIMELINE_UNUSABLE,),
    )


def _is_usable(timeline: Timeline, rule: EvidenceRule) -> bool:
    if timeline.clock is None or timeline.clock.chance is None:
        return True
    return timeline.clock.chance <= rule.max_chance


def _decide(speakers: Sequence[str], weighed: Weighed, rule: EvidenceRule) -> list[NamedSpeaker]:
    accepted = accept_names(weighed, rule)
    given = _one_to_one(weighed)
    given = {row: name for row, name in given.items() if accepted.either[row, name]}
    shared = _shared(weighed, given, rule)
    named = []
    for row, label in enumerate(speakers):
        bearer = shared.get(row)
        name = given.get(row) if bearer is None else given[bearer]
        evidence = _evidence(row, name, weighed, accepted, rule)
        speaker = _named(label, row, name, weighed, evidence)
        if bearer is not None:
            speaker = replace(
                speaker,
                match_similarity=round(float(weighed.speaker_similarity[row, bearer]), 4),
                evidence=replace(evidence, shared_with=speakers[bearer]),
            )
        named.append(speaker)
    return named


def _one_to_one(weighed: Weighed) -> dict[int, int]:
    total = np.maximum(weighed.total, 0.0)
    rows, columns = linear_sum_assignment(total, maximize=True)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return {row: column for row, column in pairs if total[row, column] > 0}


def _shared(weighed: Weighed, given: dict[int, int], rule: EvidenceRule) -> dict[int, int]:
    """Return, for each speaker who shares a name, the row of the speaker who has it.

    A speaker shares a name where a similar voice and the name together have more weight than the
    speaker's own evidence. Speakers with the most evidence are decided first.
    """
    total = np.maximum(weighed.total, 0.0)
    own = total.max(axis=1, initial=0.0)
    for row, name in given.items():
        own[row] = total[row, name]
    nats = weigh_similarity(weighed.speaker_similarity, rule.voiceprint_threshold)
    bearers: list[int] = []
    shared: dict[int, int] = {}
    for row in np.argsort(-own, kind="stable").tolist():
        similar = [
            other
            for other in bearers
            if nats[row, other] > 0 and total[row, given[other]] + nats[row, other] > own[row]
        ]
        if similar:
            shared[row] = max(similar, key=lambda other: float(nats[row, other]))
        elif row in given:
            bearers.append(row)
    return shared


def _named(
    label: str, row: int, name: int | None, weighed: Weighed, evidence: Evidence
) -> NamedSpeaker:
    if name is None:
        return NamedSpeaker(label, "", "unmatched", evidence=evidence)
    support = evidence.winner
    similarity = support.similarity if support else None
    is_visual = weighed.visual[row, name] > max(weighed.voice[row, name], 0.0)
    return NamedSpeaker(
        label,
        weighed.names[name],
        "visual" if is_visual else "voiceprint",
        overlap_confidence=support.speaker_share if support and is_visual else None,
        match_similarity=similarity,
        evidence=evidence,
    )


def _evidence(
    row: int, name: int | None, weighed: Weighed, accepted: Accepted, rule: EvidenceRule
) -> Evidence:
    order = np.argsort(-weighed.total[row], kind="stable").tolist()
    supported = [at for at in order if weighed.seconds[row, at] > 0 or weighed.voice[row, at] > 0]
    if name is not None:
        supported = [name, *(at for at in supported if at != name)]
    first, second, *_ = (*(_support(row, at, weighed) for at in supported[:2]), None, None)
    return Evidence(
        first,
        second,
        reason=None if name is not None else explain_unnamed(row, weighed, accepted, rule),
        disagreement=_disagree(accepted.visual[row], accepted.voice[row]),
    )


def _disagree(visual: NDArray[np.bool_], voice: NDArray[np.bool_]) -> bool:
    return bool(visual.any() and voice.any() and not (visual & voice).any())


def _support(row: int, name: int, weighed: Weighed) -> Support:
    similarity, margin = weighed.similarity[row, name], weighed.margin[row, name]
    compared = bool(np.isfinite(similarity))
    return Support(
        weighed.names[name],
        exclusive_s=round(float(weighed.exclusive[row, name]), 3),
        speaker_share=round(float(weighed.speaker_share[row, name]), 4),
        name_share=round(float(weighed.name_share[row, name]), 4),
        similarity=round(float(similarity), 4) if compared else None,
        margin=round(float(margin), 4) if compared else None,
    )
