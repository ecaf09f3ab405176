"""Which name belongs to each speaker (rule ``evidence``): one decision from timeline and voices.

Conventions
-----------
Times in seconds, similarities as cosines, weights of evidence in nats.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from audio.merge.intervals import NOISE_S
from audio.merge.naming import libraries, number_unnamed, speakers_of
from audio.merge.timeline import (
    Diarization,
    Evidence,
    Hint,
    NamedSpeaker,
    Notice,
    Reason,
    Support,
    Voices,
)
from audio.merge.voices import NOISE
from audio.merge.weighing import Timeline, Weighed, read_timeline, voice_weight, weigh

TIMELINE_UNUSABLE = Notice(
    "timeline_unusable",
    "The timeline follows the speakers no better than chance, at no offset within 3 s: it was "
    "not used.",
)


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
    voiceprint_threshold: float = 0.5
    min_margin: float = 0.05
    max_chance: float = 0.1


EVIDENCE_RULE = EvidenceRule()


@dataclass(frozen=True, slots=True)
class Naming:
    """Everybody's name, how late the timeline is, and what the reader should know.

    ``timeline_offset_s`` is in seconds, None where no timeline was used.
    """

    speakers: tuple[NamedSpeaker, ...]
    timeline_offset_s: float | None = None
    notices: tuple[Notice, ...] = ()


def name_by_evidence(
    diarization: Diarization,
    hints: Sequence[Hint],
    voices: Voices,
    *,
    rule: EvidenceRule = EVIDENCE_RULE,
    mic: NamedSpeaker | None = None,
) -> Naming:
    """Tell which name belongs to each speaker, and what speaks for it and against it.

    Names go to speakers one to one, so that the evidence of all weighs most. A speaker who sounds
    like another may share that one's name instead. What is not good enough by ``rule`` is not
    given: the speaker is ``Unknown_0``, …, and its evidence has the reason.

    Parameters
    ----------
    diarization
        The speakers, their turns (s) and fingerprints.
    hints
        The visual timeline, in any order.
    voices
        Known voices.
    rule
        The thresholds; a value exactly at its threshold is accepted.
    mic
        The local user, when ``diarization`` is of the system track: never named by a hint there,
        but by voice, with the fingerprint of the mic track unless ``voices`` has that name.

    Returns
    -------
    Naming
        Speakers in the order of `speakers_of`; none for no speakers.

    Raises
    ------
    ValueError
        When a time is not finite, or the known voices' rows and names differ in number.

    Examples
    --------
    >>> from audio.merge.timeline import NO_VOICES, Turn
    >>> talk = Diarization(
    ...     (Turn(0.0, 8.0, "Speaker_0"), Turn(8.0, 16.0, "Speaker_1")), ("Speaker_0", "Speaker_1")
    ... )
    >>> named = name_by_evidence(talk, [Hint(0.5, 8.5, "Ann"), Hint(8.5, 16.5, "Bob")], NO_VOICES)
    >>> [(one.name, one.evidence.winner.exclusive_s) for one in named.speakers]
    [('Ann', 8.0), ('Bob', 8.0)]
    >>> named.timeline_offset_s
    0.5

    """
    own_name = {mic.name} if mic else set()
    others = [hint for hint in hints if hint.name.strip() not in own_name]
    speakers = speakers_of(diarization)
    timeline = read_timeline(speakers, diarization.turns, others)
    usable = _usable(timeline, rule)
    if not usable:
        timeline = read_timeline(speakers, diarization.turns, [])
    known = libraries(voices, mic)
    weighed = weigh(speakers, diarization, timeline, known, threshold=rule.voiceprint_threshold)
    named = _decide(speakers, weighed, rule)
    taken = own_name.union(hint.name.strip() for hint in hints)
    return Naming(
        number_unnamed(named, diarization, taken),
        timeline.clock.offset_s if timeline.clock else None,
        () if usable else (TIMELINE_UNUSABLE,),
    )


def _usable(timeline: Timeline, rule: EvidenceRule) -> bool:
    if timeline.clock is None or timeline.clock.chance is None:
        return True
    return timeline.clock.chance <= rule.max_chance


@dataclass(frozen=True, slots=True)
class _Accepted:
    """Where timeline, voice, or both together are good enough: shape ``(speakers, names)``."""

    visual: NDArray[np.bool_]
    voice: NDArray[np.bool_]
    either: NDArray[np.bool_]


def _accepted(weighed: Weighed, rule: EvidenceRule) -> _Accepted:
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
    return _Accepted(visual, voice, visual | voice | agree)


def _decide(speakers: Sequence[str], weighed: Weighed, rule: EvidenceRule) -> list[NamedSpeaker]:
    accepted = _accepted(weighed, rule)
    given = _one_to_one(weighed)
    given = {row: name for row, name in given.items() if accepted.either[row, name]}
    shared = _shared(weighed, given, rule)
    named = []
    for row, label in enumerate(speakers):
        bearer = shared.get(row)
        name = given.get(row) if bearer is None else given[bearer]
        evidence = _evidence(row, name, weighed, accepted, rule)
        if bearer is not None:
            evidence = replace(evidence, shared_with=speakers[bearer])
        named.append(_named(label, row, name, weighed, evidence))
    return named


def _one_to_one(weighed: Weighed) -> dict[int, int]:
    total = np.maximum(weighed.total, 0.0)
    rows, columns = linear_sum_assignment(total, maximize=True)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return {row: column for row, column in pairs if total[row, column] > 0}


def _shared(weighed: Weighed, given: dict[int, int], rule: EvidenceRule) -> dict[int, int]:
    """Return whose name each speaker shares who sounds like somebody with more evidence."""
    total = weighed.total
    own = {row: float(total[row, name]) for row, name in given.items()}
    nats = voice_weight(weighed.alike, rule.voiceprint_threshold)
    shared: dict[int, int] = {}
    for row in sorted(range(len(total)), key=lambda row: own.get(row, 0.0)):
        bearers = [
            other
            for other, name in given.items()
            if other not in shared
            and other != row
            and nats[row, other] > 0
            and own[other] >= own.get(row, 0.0)
            and total[row, name] + nats[row, other] > own.get(row, 0.0)
        ]
        if bearers:
            shared[row] = max(bearers, key=lambda other: float(weighed.alike[row, other]))
    return shared


def _named(
    label: str, row: int, name: int | None, weighed: Weighed, evidence: Evidence
) -> NamedSpeaker:
    if name is None:
        return NamedSpeaker(label, "", "unmatched", evidence=evidence)
    support = evidence.winner
    similarity = support.similarity if support else None
    seen = weighed.visual[row, name] > max(weighed.voice[row, name], 0.0)
    return NamedSpeaker(
        label,
        weighed.names[name],
        "visual" if seen else "voiceprint",
        overlap_confidence=support.speaker_share if support and seen else None,
        match_similarity=similarity,
        evidence=evidence,
    )


def _evidence(
    row: int, name: int | None, weighed: Weighed, accepted: _Accepted, rule: EvidenceRule
) -> Evidence:
    order = np.argsort(-weighed.total[row], kind="stable").tolist()
    speaking = [at for at in order if weighed.seconds[row, at] > 0 or weighed.voice[row, at] > 0]
    if name is not None:
        speaking = [name, *(at for at in speaking if at != name)]
    first, second, *_ = (*(_support(row, at, weighed) for at in speaking[:2]), None, None)
    return Evidence(
        first,
        second,
        reason=None if name is not None else _reason(row, weighed, accepted, rule),
        disagreement=_disagree(accepted.visual[row], accepted.voice[row]),
    )


def _disagree(visual: NDArray[np.bool_], voice: NDArray[np.bool_]) -> bool:
    return bool(visual.any() and voice.any() and not (visual & voice).any())


def _reason(row: int, weighed: Weighed, accepted: _Accepted, rule: EvidenceRule) -> Reason:
    """Return why nothing names a speaker, the most telling reason first."""
    seconds = float(weighed.exclusive[row].sum())
    near = weighed.voice[row] > 0
    if accepted.either[row].any():
        return "conflict"
    if near.any():
        return "ambiguous_voice"
    if not weighed.seconds[row].any():
        return "no_evidence"
    if seconds < rule.min_evidence_s - NOISE_S:
        return "too_little_evidence"
    return "ambiguous_timeline"


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
