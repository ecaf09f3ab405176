"""Which name belongs to each speaker (rule ``overlap``).

Conventions
-----------
Times in seconds, similarities as cosines; scores are rounded to 4
decimals, decisions are taken before that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from audio.merge.defaults import DEFAULT_MIN_OVERLAP, DEFAULT_THRESHOLD
from audio.merge.intervals import NOISE_S
from audio.merge.naming.shown_names import Shown, shown_names
from audio.merge.naming.voice_similarity import NOISE, Match, comparable, nearest_voices, unit
from audio.merge.values import (
    NO_VOICES,
    Diarization,
    Embedding,
    NamedSpeaker,
    TimelineEntry,
    Turn,
    Voices,
)


@dataclass(frozen=True, slots=True)
class OverlapRule:
    """When a name is good enough.

    ``min_overlap`` is the least share of a speaker's time that the winning name is shown,
    ``voiceprint_threshold`` the least cosine of a voice.
    """

    min_overlap: float = DEFAULT_MIN_OVERLAP
    voiceprint_threshold: float = DEFAULT_THRESHOLD


OVERLAP_RULE = OverlapRule()


def name_speakers(
    diarization: Diarization,
    entries: Sequence[TimelineEntry],
    voices: Voices,
    *,
    rule: OverlapRule = OVERLAP_RULE,
    mic: NamedSpeaker | None = None,
) -> tuple[NamedSpeaker, ...]:
    """Tell which name belongs to each speaker, and on what evidence.

    The name shown longest while the speaker talks, if long enough; else the nearest known voice,
    if near enough; else ``Unknown_0``, ``Unknown_1``, …, without a number that somebody in this
    call already bears.

    Parameters
    ----------
    diarization
        The speakers, their turns (s) and fingerprints.
    hints
        The visual timeline, in any order.
    voices
        Known voices; ties go to the first row.
    rule
        The two thresholds; a value exactly at its threshold is accepted.
    mic
        The local user, when ``diarization`` is of the system track: never named by a hint there,
        but by voice, with the fingerprint of the mic track unless ``voices`` has that name.

    Returns
    -------
    tuple of NamedSpeaker
        In the order of `speakers_of`; empty for no speakers.

    Raises
    ------
    ValueError
        When a time is not finite, or the known voices' rows and names differ in number.

    Examples
    --------
    >>> talk = Diarization((Turn(0.0, 8.0, "Speaker_0"),), ("Speaker_0",))
    >>> [ann] = name_speakers(talk, [TimelineEntry(0.0, 6.0, "Ann")], Voices((), np.empty((0, 0))))
    >>> ann.name, ann.source, ann.overlap_confidence
    ('Ann', 'visual', 0.75)

    """
    own_name = {mic.name} if mic else set()
    others = [entry for entry in entries if entry.name.strip() not in own_name]
    shown = shown_names(diarization.turns, others)
    matches = nearest_voices(diarization.embeddings, libraries(voices, mic))
    named = [
        _decide(label, shown.get(label), matches.get(label), rule)
        for label in speakers_of(diarization)
    ]
    return number_unnamed(
        named, diarization, own_name.union(entry.name.strip() for entry in entries)
    )


def number_unnamed(
    named: Sequence[NamedSpeaker], diarization: Diarization, taken: Iterable[str]
) -> tuple[NamedSpeaker, ...]:
    """Tell what the speakers are called whom nothing names, and add everybody's fingerprint.

    ``Unknown_0``, ``Unknown_1``, …, without a number that stands in ``taken`` or that somebody in
    ``named`` already bears.
    """
    bearers = {*taken, *(one.name for one in named)}
    free = (name for name in map("Unknown_{}".format, count()) if name not in bearers)
    return tuple(
        replace(
            speaker,
            name=next(free) if speaker.source == "unmatched" else speaker.name,
            embedding=diarization.embeddings.get(speaker.speaker),
        )
        for speaker in named
    )


def libraries(voices: Voices, mic: NamedSpeaker | None) -> list[Voices]:
    """Tell with whose voices to compare: the known ones, and the local user's unless known."""
    return [voices, _voices_of(mic)] if mic and known_print(voices, mic) is None else [voices]


def known_print(voices: Voices, mic: NamedSpeaker) -> Embedding | None:
    """Tell which fingerprint the known voices already have of the local user.

    Parameters
    ----------
    voices
        Known voices; of several rows with the user's name the first.
    mic
        The local user as the mic track gives it.

    Returns
    -------
    NDArray or None
        None when the name is not known, or its vector cannot be compared with the mic track's.

    """
    if mic.name not in voices.names:
        return None
    if mic.embedding is not None and not comparable(mic.embedding, voices):
        return None
    known: Embedding = voices.vectors[voices.names.index(mic.name)]
    return known


def speakers_of(diarization: Diarization) -> tuple[str, ...]:
    """Tell who speaks: the detected labels, then others that have turns, each in their order."""
    labels = [*diarization.speakers, *(turn.speaker for turn in diarization.turns)]
    return tuple(dict.fromkeys(labels))


def embeddings_by_name(
    named: Iterable[NamedSpeaker], turns: Sequence[Turn]
) -> dict[str, Embedding]:
    """Tell what each name of a recording sounds like.

    Parameters
    ----------
    named
        Speakers and their names; those without a fingerprint give none.
    turns
        Who speaks when, by label: the weights where several speakers bear one name.

    Returns
    -------
    dict
        By name, in the order of ``named``. A name of one speaker has the fingerprint as the engine
        gave it; a name of several has their average, weighted by speaking time, at length 1.

    Examples
    --------
    >>> split = [NamedSpeaker(label, "Ann", "visual", vector) for label, vector in
    ...          [("Speaker_0", np.array([1.0, 0.0])), ("Speaker_1", np.array([0.0, 9.0]))]]
    >>> embeddings_by_name(split, [Turn(0.0, 4.0, "Speaker_0"), Turn(4.0, 7.0, "Speaker_1")])
    {'Ann': array([0.8, 0.6])}

    """
    groups: dict[str, list[tuple[Embedding, float]]] = {}
    seconds = speaking_time(turns)
    for speaker in named:
        if speaker.embedding is not None:
            weighed = (speaker.embedding, seconds.get(speaker.speaker, 0.0))
            groups.setdefault(speaker.name, []).append(weighed)
    return {name: _average(members) for name, members in groups.items()}


def speaking_time(turns: Iterable[Turn]) -> dict[str, float]:
    """Tell how many seconds each speaker talks: the summed length of the speaker's turns."""
    seconds: dict[str, float] = {}
    for turn in turns:
        length = max(0.0, turn.end - turn.start)
        seconds[turn.speaker] = seconds.get(turn.speaker, 0.0) + length
    return seconds


def _decide(
    label: str, shown: Shown | None, match: Match | None, rule: OverlapRule
) -> NamedSpeaker:
    """Return the speaker with its name, empty where nothing names it."""
    if shown is not None and shown.share >= rule.min_overlap - NOISE_S:
        share = round(shown.share, 4)
        return NamedSpeaker(label, shown.name, "visual", overlap_confidence=share)
    if match is not None and match.similarity >= rule.voiceprint_threshold - NOISE:
        similarity = round(match.similarity, 4)
        return NamedSpeaker(label, match.name, "voiceprint", match_similarity=similarity)
    return NamedSpeaker(label, "", "unmatched")


def _voices_of(mic: NamedSpeaker) -> Voices:
    if mic.embedding is None:
        return NO_VOICES
    return Voices((mic.name,), mic.embedding[np.newaxis])


def _average(members: Sequence[tuple[Embedding, float]]) -> Embedding:
    """Return the average direction of the fingerprints as long as the first; one stays."""
    first = members[0][0]
    if len(members) == 1:
        return first
    alike = [(vector, weight) for vector, weight in members if vector.shape == first.shape]
    weights = np.array([weight for _, weight in alike])
    if not weights.any():
        weights = np.ones(len(alike))
    return unit(weights @ np.stack([unit(vector) for vector, _ in alike]))
