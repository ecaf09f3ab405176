"""The rule ``overlap``: the name that the timeline shows longest, else the nearest known voice.

Conventions
-----------
Times are in seconds, similarities are cosines. Scores are rounded to 4 decimals, after the
decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from audio.merge.defaults import DEFAULT_MIN_OVERLAP, DEFAULT_THRESHOLD
from audio.merge.diarized_speakers import speakers_of
from audio.merge.intervals import NOISE_S, Indices, Times, edges, progress, union
from audio.merge.naming.unnamed_speakers import number_unnamed
from audio.merge.naming.voices.name_embeddings import candidate_voices
from audio.merge.naming.voices.voice_similarity import (
    NOISE,
    Match,
    compare_with_voices,
    find_nearest_voices,
)
from audio.merge.values import Diarization, NamedSpeaker, TimelineEntry, Turn, Voices


@dataclass(frozen=True, slots=True)
class OverlapRule:
    """When a name is good enough.

    ``min_overlap`` is the least share of a speaker's time in which the timeline shows the winning
    name, ``voiceprint_threshold`` the least cosine of a voice, ``min_margin`` its least lead over
    the next person's. With ``follows_clock`` the readings
    of names are joined, the timeline's offset is estimated and removed first, and a timeline that
    chance explains gives no name.
    """

    min_overlap: float = DEFAULT_MIN_OVERLAP
    voiceprint_threshold: float = DEFAULT_THRESHOLD
    min_margin: float = 0.0
    follows_clock: bool = False


OVERLAP_RULE = OverlapRule()


@dataclass(frozen=True, slots=True)
class ShownName:
    """The name shown longest during a speaker's turns, and its share of the speaker's time."""

    name: str
    share: float


def name_by_overlap(
    diarization: Diarization,
    entries: Sequence[TimelineEntry],
    voices: Voices,
    *,
    rule: OverlapRule = OVERLAP_RULE,
    mic: NamedSpeaker | None = None,
) -> tuple[NamedSpeaker, ...]:
    """Name each speaker, and say on what evidence.

    A speaker gets the name shown longest during its turns, if its share reaches the threshold;
    else the name of the nearest known voice, if that is similar enough; else ``Unknown_0``,
    ``Unknown_1``, …, without a number that is a name of this call already.

    Parameters
    ----------
    diarization
        The speakers, their turns (s) and embeddings.
    entries
        The visual timeline, in any order.
    voices
        Known voices; ties go to the first row.
    rule
        The two thresholds; a value exactly at its threshold is accepted.
    mic
        The local user, when ``diarization`` is of the system track. The timeline never gives this
        name to a speaker there. A voice may: that of the mic track, unless ``voices`` has the
        name.

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
    >>> diarization = Diarization((Turn(0.0, 8.0, "Speaker_0"),), ("Speaker_0",))
    >>> no_voices = Voices((), np.empty((0, 0)))
    >>> [ann] = name_by_overlap(diarization, [TimelineEntry(0.0, 6.0, "Ann")], no_voices)
    >>> ann.name, ann.source, ann.overlap_confidence
    ('Ann', 'visual', 0.75)

    """
    own_name = {mic.name} if mic else set()
    others = [entry for entry in entries if entry.name.strip() not in own_name]
    shown = find_shown_names(diarization.turns, others)
    known = candidate_voices(voices, mic)
    matches = find_nearest_voices(diarization.embeddings, known)
    if rule.min_margin > 0:
        matches = _apart(matches, diarization, known, rule.min_margin)
    named = [
        _decide(label, shown.get(label), matches.get(label), rule)
        for label in speakers_of(diarization)
    ]
    return number_unnamed(
        named, diarization, own_name.union(entry.name.strip() for entry in entries)
    )


def find_shown_names(
    turns: Sequence[Turn], entries: Sequence[TimelineEntry]
) -> dict[str, ShownName]:
    """Find the name that the timeline shows longest during each speaker's turns.

    Entries of one name that overlap count once; blank names and entries without length do not
    count. Ties go to the name that is shown first during the speaker's turns, then to the one
    listed first.

    Parameters
    ----------
    turns, entries
        In any order, in seconds.

    Returns
    -------
    dict
        By speaker; without the speakers during whose turns no name is shown. A share is of the
        summed length of the speaker's turns, from 0 to 1.

    Raises
    ------
    ValueError
        When a time is not finite.

    Examples
    --------
    >>> turns = [Turn(0.0, 4.0, "Speaker_0"), Turn(6.0, 10.0, "Speaker_0")]
    >>> entries = [TimelineEntry(3.0, 8.0, "Ann"), TimelineEntry(8.0, 10.0, "Bob")]
    >>> find_shown_names(turns, entries)
    {'Speaker_0': ShownName(name='Ann', share=0.375)}

    """
    timeline = _spans_by_name(entries)
    starts, ends = edges(turns)
    if not timeline[0]:
        return {}
    speakers = {
        label: at for at, label in enumerate(dict.fromkeys(turn.speaker for turn in turns))
    }
    owners = np.array([speakers[turn.speaker] for turn in turns], dtype=np.intp)
    found = {}
    for label, at in speakers.items():
        own = owners == at
        speech = progress(starts[own], np.maximum(starts[own], ends[own]))
        if winner := _longest_shown(speech, *timeline):
            found[label] = winner
    return found


def _decide(
    label: str, shown: ShownName | None, match: Match | None, rule: OverlapRule
) -> NamedSpeaker:
    """Return the speaker with its name, which is empty without enough evidence."""
    if shown is not None and shown.share >= rule.min_overlap - NOISE_S:
        share = round(shown.share, 4)
        return NamedSpeaker(label, shown.name, "visual", overlap_confidence=share)
    if match is not None and match.similarity >= rule.voiceprint_threshold - NOISE:
        similarity = round(match.similarity, 4)
        return NamedSpeaker(label, match.name, "voiceprint", match_similarity=similarity)
    return NamedSpeaker(label, "", "unmatched")


def _apart(
    matches: Mapping[str, Match],
    diarization: Diarization,
    libraries: Sequence[Voices],
    margin: float,
) -> dict[str, Match]:
    """Return the matches that lead the next person's voice by the margin."""
    labels = tuple(matches)
    names, table = compare_with_voices(labels, diarization.embeddings, libraries)
    columns = {name: at for at, name in enumerate(names)}
    apart = {}
    for row, label in enumerate(labels):
        others = np.delete(table[row], columns[matches[label].name])
        if matches[label].similarity - others.max(initial=-1.0) >= margin - NOISE:
            apart[label] = matches[label]
    return apart


def _spans_by_name(
    entries: Sequence[TimelineEntry],
) -> tuple[tuple[str, ...], Times, Times, Indices]:
    """Return the names, and when each is shown: starts, ends and indices of the names."""
    starts, ends = edges(entries)
    names = np.array([entry.name.strip() for entry in entries], dtype=object)
    counting = (ends > starts) & (names != "")
    indices: dict[str, int] = {}
    groups = [indices.setdefault(name, len(indices)) for name in names[counting]]
    spans = union(starts[counting], ends[counting], np.array(groups, dtype=np.intp))
    return tuple(indices), *spans


def _longest_shown(
    speech: tuple[Times, Times],
    names: tuple[str, ...],
    starts: Times,
    ends: Times,
    groups: Indices,
) -> ShownName | None:
    # A speaker's progress is the same time counted in the speaker's own speech: an entry covers
    # the progress made within it, and the name shown first is the one that begins after the least
    # progress.
    begun = np.interp(starts, *speech)
    covered = np.interp(ends, *speech) - begun
    seconds = np.bincount(groups, weights=covered, minlength=len(names))
    if not seconds.size or seconds.max() <= NOISE_S:
        return None
    first = np.full(len(names), np.inf)
    overlapping = covered > NOISE_S
    np.minimum.at(first, groups[overlapping], begun[overlapping])
    tied = np.flatnonzero(seconds >= seconds.max() - NOISE_S)
    winner = int(tied[np.argmin(np.round(first[tied], 9))])
    return ShownName(names[winner], min(1.0, float(seconds[winner] / speech[1][-1])))
