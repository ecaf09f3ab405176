"""Vexa's transcript segments: completed segments of speech, in seconds of the session."""

from audio.timelines.clock_times import require_iso, require_number
from audio.timelines.documents import Document
from audio.timelines.export import Entry, Export
from audio.timelines.json_formats.json_list import Item, items_under, text_of
from audio.timelines.tallies import Outcome, tally

FORMAT = "vexa_segments"
SHAPE = '{"segments": [{"segment_id", "speaker", "start", "end", "completed"}]}'
_PROVISIONAL = "provisional-cluster-id"


def looks_like(document: Document) -> bool:
    """Return whether a segment has an identifier and a speaker."""
    return any(
        "segment_id" in item and "speaker" in item
        for _, item in items_under(document.value, "segments")
    )


def read(document: Document) -> Export:
    """Return an entry for each segment that is completed, is speech, and has a name."""
    placed = list(items_under(document.value, "segments"))
    is_absolute = document.wants_absolute and "absolute_start_time" in placed[0][1]
    outcomes = [_outcome(place, item, is_absolute=is_absolute) for place, item in placed]
    facts = {"zero": 0.0} if is_absolute else {}
    return tally(FORMAT, outcomes, is_captions=True, nobody="no segment has a speaker.", **facts)


def _outcome(place: str, item: Item, *, is_absolute: bool) -> Outcome:
    if item.get("completed") is False:
        return "interim"
    if item.get("source") == "chat":
        return "not_speech"
    if _PROVISIONAL in map(item.get, ("source", "speaker_kind", "speaker_key")) or item.get(
        _PROVISIONAL
    ):
        return "provisional"
    name = text_of(item, "speaker")
    if not name:
        return "no_name"
    start, end = (_time(place, item, edge, is_absolute=is_absolute) for edge in ("start", "end"))
    return Entry(
        start,
        end,
        name,
        session_id=text_of(item, "speaker_key"),
        room=item.get("speaker_kind") == "room",
        text=text_of(item, "text"),
    )


def _time(place: str, item: Item, edge: str, *, is_absolute: bool) -> float:
    if is_absolute:
        key = f"absolute_{edge}_time"
        return require_iso(item.get(key), f"{place}.{key}")
    return require_number(item.get(edge), f"{place}.{edge}")
