"""The ends of entries whose export has only a start."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from audio.timelines.export import Entry

# A person whose end is missing is not shown for longer than this.
LONGEST_S = 60.0
CHARACTERS_PER_S = 15.0
SHORTEST_S = 1.0


@dataclass(frozen=True, slots=True)
class SpeechEvent:
    """The begin or the end of a person's speech, or the person's leave.

    `entry` is the entry that an `on` begins; an `off` and a `leave` have it for its ids only.
    """

    kind: Literal["on", "off", "leave"]
    time: float
    person: str
    entry: Entry


def pair_events(events: Sequence[SpeechEvent]) -> tuple[list[Entry], int]:
    """Return an entry for each `on`, in the order of time, and the number of duplicates.

    An `on` without its `off` ends at the same person's next event; if that is another `on`, at
    the next `on` of any person; in both cases after 60 s at most. Without a next event it has no
    end. An event of the same kind, time and person as an earlier one is a duplicate.
    """
    ordered = sorted(events, key=lambda event: (event.time, event.kind != "off"))
    unique = list({(one.time, one.kind, one.person): one for one in ordered}.values())
    own: dict[str, list[SpeechEvent]] = defaultdict(list)
    for event in reversed(unique):
        own[event.person].append(event)
    ons = [event.time for event in unique if event.kind == "on"]
    entries: list[Entry] = []
    for event in unique:
        following = own[event.person]
        following.pop()
        if event.kind == "on":
            end = _end(event, following[-1] if following else None, ons)
            entries.append(event.entry.between(event.entry.start, end))
    return entries, len(ordered) - len(unique)


def _end(on: SpeechEvent, following: SpeechEvent | None, ons: Sequence[float]) -> float | None:
    """Return the end of an `on` before the person's next event; `ons` are sorted."""
    if following is None:
        return None
    if following.kind == "off":
        return following.time
    end = following.time
    if following.kind == "on":
        later = bisect_right(ons, on.time)
        end = min([end, *ons[later : later + 1]])
    return min(end, on.time + LONGEST_S)


def end_utterances(entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries in the order of time, each with an end.

    A missing end is the next entry's start, or 1 s per 15 characters of text after the start (1 s
    at least), whichever is earlier. Where no entry has a text, only the next start counts.
    """
    ordered = sorted(entries, key=lambda entry: entry.start)
    has_text = any(entry.text for entry in ordered)
    ended: list[Entry] = []
    following: float | None = None
    starts = [entry.start for entry in ordered]
    for at in range(len(ordered) - 1, -1, -1):
        entry = ordered[at]
        if at + 1 < len(starts) and starts[at + 1] > entry.start:
            following = starts[at + 1]
        if entry.end is None:
            entry = entry.between(entry.start, _spoken_until(entry, following, has_text))
        ended.append(entry)
    return ended[::-1]


def _spoken_until(entry: Entry, following: float | None, has_text: bool) -> float | None:
    if not has_text:
        return None if following is None else min(following, entry.start + LONGEST_S)
    end = entry.start + max(SHORTEST_S, len(entry.text) / CHARACTERS_PER_S)
    return end if following is None else min(end, following)


def end_at_recording(entry: Entry, recording_end: float | None) -> float:
    """Return the end of an entry; a missing one is the recording's end, after 60 s at most."""
    if entry.end is not None:
        return entry.end
    latest = entry.start + LONGEST_S
    return latest if recording_end is None else min(latest, max(recording_end, entry.start))
