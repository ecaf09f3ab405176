"""La Suite Meet's metadata of a recording: `speech_start` to `speech_end`, in ISO 8601."""

from collections.abc import Mapping

from audio.timelines.clock_times import require_iso
from audio.timelines.documents import Document
from audio.timelines.export import Entry, Export
from audio.timelines.json_formats.json_list import Item, items_under, text_of
from audio.timelines.open_ends import SpeechEvent
from audio.timelines.speech_events import export_events

FORMAT = "lasuite_metadata"
SHAPE = '{"events": [{"participant_id", "type", "timestamp"}], "participants": […]}'
_KINDS = {
    "speech_start": "on",
    "speech_end": "off",
    "participant_disconnected": "leave",
    "participant_connected": "join",
}


def looks_like(document: Document) -> bool:
    """Return whether an event has a participant's identifier, a type and a time."""
    return any(
        {"participant_id", "type", "timestamp"} <= item.keys()
        for _, item in items_under(document.value, "events")
    )


def read(document: Document) -> Export:
    """Return an entry from each `speech_start` on, named by the participants."""
    names = {
        text_of(item, "participantId", "participant_id"): text_of(item, "name")
        for _, item in items_under(document.value, "participants")
    }
    events: list[SpeechEvent] = []
    joins: list[SpeechEvent] = []
    for place, item in items_under(document.value, "events"):
        kind = _KINDS.get(text_of(item, "type"))
        if kind is None:
            continue
        event = _event(place, item, kind, names)
        (joins if kind == "join" else events).append(event)
    return export_events(FORMAT, events, joins, zero=0.0)


def _event(place: str, item: Item, kind: str, names: Mapping[str, str]) -> SpeechEvent:
    person = text_of(item, "participant_id")
    time = require_iso(item.get("timestamp"), f"{place}.timestamp")
    entry = Entry(time, None, names.get(person, ""), session_id=person)
    return SpeechEvent(kind, time, person, entry)  # type: ignore[arg-type]
