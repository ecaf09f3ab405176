"""The rule ``evidence``: the timeline and voices decide together which name each speaker gets.

Conventions
-----------
Times are in seconds, similarities are cosines, weights of evidence are in nats.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from audio.merge.diarized_speakers import speakers_of
from audio.merge.naming.acceptance import (
    EVIDENCE_RULE,
    Accepted,
    EvidenceRule,
    accept_names,
    explain_unnamed,
    voice_agreement,
)
from audio.merge.naming.clock.timeline_alignment import AlignedTimeline, align_timeline
from audio.merge.naming.name_assignment import assign_names_to_speakers
from audio.merge.naming.timeline_evidence import read_timeline
from audio.merge.naming.unnamed_speakers import number_unnamed
from audio.merge.naming.voices.name_embeddings import candidate_voices
from audio.merge.naming.voices.open_set_identification import OpenSetRule, identify
from audio.merge.naming.weights import Weighed, weigh
from audio.merge.values import (
    ZERO_KNOWN,
    Diarization,
    Evidence,
    KnownClock,
    NamedSpeaker,
    Notice,
    Support,
    TimelineEntry,
    Voices,
)

TIMELINE_UNUSABLE = Notice(
    "timeline_unusable",
    "The timeline was not used: at no offset does it follow the speakers better than chance.",
)


@dataclass(frozen=True, slots=True)
class Naming:
    """The named speakers of a recording, the timeline as it was used, and warnings.

    ``timeline`` is None where no timeline was used.
    """

    speakers: tuple[NamedSpeaker, ...]
    timeline: AlignedTimeline | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def timeline_offset_s(self) -> float | None:
        """How late the timeline is, in seconds, None where no timeline was used."""
        return self.timeline.clock.offset_s if self.timeline and self.timeline.clock else None


def name_by_evidence(
    diarization: Diarization,
    entries: Sequence[TimelineEntry],
    voices: Voices,
    *,
    rule: EvidenceRule = EVIDENCE_RULE,
    mic: NamedSpeaker | None = None,
    known_clock: KnownClock = ZERO_KNOWN,
) -> Naming:
    """Name each speaker, with the evidence for the best two names.

    The readings of each name are joined, and the timeline is moved by the offset of its clock.
    Names are assigned to speakers one to one, so that the total weight of evidence is largest; a
    speaker who is left over may share a name. A name that is not good enough by ``rule`` is not
    given: the speaker is ``Unknown_0``, …, and its evidence has the reason.

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
    known_clock
        Facts about the timeline's clock: its zero, and its anchors.

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
    speakers = speakers_of(diarization)
    known = candidate_voices(voices, mic)
    aligned = _align(diarization, entries, known, rule, mic=mic, known_clock=known_clock)
    weighed = _weighed(diarization, aligned.entries if aligned else (), known, rule)
    is_usable = aligned is None or _is_usable(aligned, weighed, rule)
    if not is_usable:
        weighed = _weighed(diarization, (), known, rule)
    named = _decide(speakers, weighed, rule)
    taken = {entry.name.strip() for entry in entries} | ({mic.name} if mic else set())
    return Naming(
        number_unnamed(_with_readings(named, aligned), diarization, taken),
        aligned if is_usable else None,
        () if is_usable else (TIMELINE_UNUSABLE,),
    )


def _align(
    diarization: Diarization,
    entries: Sequence[TimelineEntry],
    known: Sequence[Voices],
    rule: EvidenceRule,
    *,
    mic: NamedSpeaker | None,
    known_clock: KnownClock,
) -> AlignedTimeline | None:
    """Return the timeline without the local user, None where no entry of another counts."""
    own_name = {mic.name} if mic else set()
    aligned = align_timeline(
        speakers_of(diarization),
        diarization.turns,
        entries,
        known=[name for voices in known for name in voices.names],
        present=[*own_name, *_recognised(diarization, known, rule)],
        known_clock=known_clock,
    )
    others = tuple(entry for entry in aligned.entries if entry.name not in own_name)
    if aligned.clock is None or not any(entry.end > entry.start for entry in others):
        return None
    return replace(aligned, entries=others)


def _weighed(
    diarization: Diarization,
    entries: Sequence[TimelineEntry],
    known: Sequence[Voices],
    rule: EvidenceRule,
) -> Weighed:
    speakers = speakers_of(diarization)
    timeline = read_timeline(speakers, diarization.turns, entries)
    return weigh(speakers, diarization, timeline, known, threshold=rule.voiceprint_threshold)


def _is_usable(aligned: AlignedTimeline, weighed: Weighed, rule: EvidenceRule) -> bool:
    """Return whether chance does not explain the timeline, which voices may speak for or against.

    A timeline that belongs to another recording shows one of its names for a recognised voice, but
    the right one only by chance.
    """
    chance = aligned.clock.chance if aligned.clock else None
    if chance is None:
        return True
    return chance * math.exp(-voice_agreement(weighed, rule)) <= rule.max_chance


def _recognised(
    diarization: Diarization, known: Sequence[Voices], rule: EvidenceRule
) -> Iterator[str]:
    """Yield the names of the known voices that a speaker of the recording has."""
    limits = OpenSetRule(rule.voiceprint_threshold, rule.min_margin)
    for voices in known:
        for embedding in diarization.embeddings.values():
            name = identify(embedding, voices, rule=limits).name
            if name is not None:
                yield name


def _with_readings(
    named: Sequence[NamedSpeaker], aligned: AlignedTimeline | None
) -> list[NamedSpeaker]:
    readings = aligned.readings if aligned else {}
    return [replace(one, name_readings=readings.get(one.name, ())) for one in named]


def _decide(speakers: Sequence[str], weighed: Weighed, rule: EvidenceRule) -> list[NamedSpeaker]:
    accepted = accept_names(weighed, rule)
    named = []
    for row, given in enumerate(assign_names_to_speakers(weighed, accepted, rule)):
        evidence = _evidence(row, given.name, weighed, accepted, rule)
        speaker = _named(speakers[row], row, given.name, weighed, evidence)
        if given.bearer is not None:
            evidence = replace(evidence, shared_with=speakers[given.bearer])
            if given.is_by_voice:
                similarity = round(float(weighed.speaker_similarity[row, given.bearer]), 4)
                speaker = replace(speaker, match_similarity=similarity)
        named.append(replace(speaker, evidence=evidence))
    return named


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
