"""Recall's speaker timeline: a participant from a start to an end.

Source
------
https://docs.recall.ai/docs/diarization
"""

from typing import Any

from audio.timelines.clock_times import require_iso, require_number
from audio.timelines.documents import Document
from audio.timelines.export import Entry, Export
from audio.timelines.json_formats.json_list import Item, has_item, items_in, object_of, text_of
from audio.timelines.open_ends import end_utterances
from audio.timelines.tallies import Outcome, tally

FORMAT = "recall_timeline"
SHAPE = '[{"participant": {"id", "name"}, "start_timestamp": {"absolute", "relative"}, …}]'


def _is_item(item: Item) -> bool:
    return "participant" in item and "start_timestamp" in item


def looks_like(document: Document) -> bool:
    """Return whether an item has a participant and a start."""
    return has_item(document.value, _is_item)


def read(document: Document) -> Export:
    """Return an entry for each item, of absolute times where the recording's start is known."""
    placed = list(items_in(document.value, _is_item))
    starts = [object_of(item, "start_timestamp") for _, item in placed]
    key = clock_of(starts, document)
    outcomes: list[Outcome] = []
    open_ended: list[Entry] = []
    for place, item in placed:
        outcome = _outcome(place, item, key)
        if isinstance(outcome, Entry):
            open_ended.append(outcome)
        else:
            outcomes.append(outcome)
    outcomes.extend(end_utterances(open_ended))
    return tally(FORMAT, outcomes, nobody="no participant has a name.", **zero_of(key))


def clock_of(timestamps: list[Item], document: Document) -> str:
    """Return which of the two clocks to read; the other one where the first item lacks it."""
    wanted = "absolute" if document.wants_absolute else "relative"
    other = "relative" if document.wants_absolute else "absolute"
    first = timestamps[0] if timestamps else {}
    return other if first.get(wanted) is None and first.get(other) is not None else wanted


def zero_of(key: str) -> dict[str, Any]:
    """Return the facts about the zero of the clock."""
    return {"zero": 0.0} if key == "absolute" else {}


def time_of(timestamp: object, key: str, place: str) -> float:
    """Return the seconds of one of the two clocks.

    Raises
    ------
    Unreadable
    """
    value = timestamp.get(key) if isinstance(timestamp, dict) else timestamp
    place = f"{place}.{key}" if isinstance(timestamp, dict) else place
    return require_iso(value, place) if key == "absolute" else require_number(value, place)


def entry_of(participant: Item, start: float, end: float | None) -> Entry:
    """Return the entry of a participant, whose name may be empty."""
    return Entry(
        start,
        end,
        text_of(participant, "name"),
        stable_id=text_of(participant, "email"),
        session_id=text_of(participant, "id"),
    )


def _outcome(place: str, item: Item, key: str) -> Outcome:
    start = time_of(item["start_timestamp"], key, f"{place}.start_timestamp")
    ended = item.get("end_timestamp")
    end = None if ended is None else time_of(ended, key, f"{place}.end_timestamp")
    entry = entry_of(object_of(item, "participant"), start, end)
    return entry if entry.name else "no_name"
