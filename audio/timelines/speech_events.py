"""Exports of events: who began and who stopped speaking, joined and left."""

from collections.abc import Iterable, Sequence
from typing import Any

from audio.timelines.export import Export, Stay
from audio.timelines.open_ends import SpeechEvent, pair_events
from audio.timelines.tallies import Outcome, tally


def export_events(
    format: str, events: Sequence[SpeechEvent], joins: Iterable[SpeechEvent] = (), **facts: Any
) -> Export:
    """Return the export of these events: an entry for each `on`; the joins begin stays.

    Raises
    ------
    Unreadable
    """
    entries, duplicates = pair_events(events)
    outcomes: list[Outcome] = [entry if entry.name else "no_name" for entry in entries]
    outcomes.extend("duplicate" for _ in range(duplicates))
    leaves = [event for event in events if event.kind == "leave"]
    return tally(
        format, outcomes, stays=_stays(joins, leaves), nobody="no participant has a name.", **facts
    )


def _stays(joins: Iterable[SpeechEvent], leaves: Sequence[SpeechEvent]) -> tuple[Stay, ...]:
    """Return the stay of each session: from its first join to its last leave, if it has both."""
    left: dict[str, float] = {}
    for leave in leaves:
        left[leave.person] = max(leave.time, left.get(leave.person, leave.time))
    joined: dict[str, float] = {}
    for join in joins:
        joined[join.person] = min(join.time, joined.get(join.person, join.time))
    return tuple(Stay(one, time, left.get(one)) for one, time in joined.items())
