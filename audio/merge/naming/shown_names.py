"""Which name a visual timeline shows while somebody talks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from audio.merge.intervals import NOISE_S, Indices, Times, edges, progress, union
from audio.merge.values import TimelineEntry, Turn


@dataclass(frozen=True, slots=True)
class Shown:
    """The name shown longest while a speaker talks, and for what share of the speaker's time."""

    name: str
    share: float


def shown_names(turns: Sequence[Turn], entries: Sequence[TimelineEntry]) -> dict[str, Shown]:
    """Tell which name is shown longest while each speaker talks.

    Hints of one name that overlap count once; blank names and hints without length do not count.
    Ties go to the name that is shown first while the speaker talks, then to the one listed first.

    Parameters
    ----------
    turns, hints
        In any order, in seconds.

    Returns
    -------
    dict
        By speaker; without those during whose turns nobody is shown. A share is of the summed
        length of the speaker's turns, from 0 to 1.

    Raises
    ------
    ValueError
        When a time is not finite.

    Examples
    --------
    >>> talk = [Turn(0.0, 4.0, "Speaker_0"), Turn(6.0, 10.0, "Speaker_0")]
    >>> shown_names(talk, [TimelineEntry(3.0, 8.0, "Ann"), TimelineEntry(8.0, 10.0, "Bob")])
    {'Speaker_0': Shown(name='Ann', share=0.375)}

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


def _spans_by_name(
    entries: Sequence[TimelineEntry],
) -> tuple[tuple[str, ...], Times, Times, Indices]:
    """Return the names, and when each is shown: starts, ends and places in the names."""
    starts, ends = edges(entries)
    names = np.array([entry.name.strip() for entry in entries], dtype=object)
    counting = (ends > starts) & (names != "")
    places: dict[str, int] = {}
    groups = [places.setdefault(name, len(places)) for name in names[counting]]
    spans = union(starts[counting], ends[counting], np.array(groups, dtype=np.intp))
    return tuple(places), *spans


def _longest_shown(
    speech: tuple[Times, Times],
    names: tuple[str, ...],
    starts: Times,
    ends: Times,
    groups: Indices,
) -> Shown | None:
    # A speaker's progress is the same time counted in the speaker's own speech: what a hint covers
    # is the progress made within it, and the name shown first is the one that comes on after the
    # least.
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
    return Shown(names[winner], min(1.0, float(seconds[winner] / speech[1][-1])))
