"""Recall's participant events: `speech_on` to `speech_off`.

Source
------
https://docs.recall.ai/docs/real-time-event-payloads
"""

from audio.timelines.documents import Document
from audio.timelines.export import Export
from audio.timelines.json_formats.json_list import Item, has_item, items_in, object_of
from audio.timelines.json_formats.recall_timeline import clock_of, entry_of, time_of, zero_of
from audio.timelines.open_ends import SpeechEvent
from audio.timelines.speech_events import export_events

FORMAT = "recall_events"
SHAPE = '[{"event": "participant_events.speech_on", "data": {"data": {"participant", …}}}]'
_KINDS = {"speech_on": "on", "speech_off": "off", "leave": "leave"}
_PREFIX = "participant_events."


def _kind(item: Item) -> str:
    """Return the last part of the event's name; empty for other items."""
    event = item.get("event")
    if isinstance(event, str) and event.startswith(_PREFIX):
        return event.removeprefix(_PREFIX)
    action = item.get("action")
    return action if isinstance(action, str) and ("participant" in item or "data" in item) else ""


def looks_like(document: Document) -> bool:
    """Return whether an item is a participant event."""
    return has_item(document.value, lambda item: bool(_kind(item)))


def read(document: Document) -> Export:
    """Return an entry from each `speech_on` on, of absolute times where the start is known."""
    placed = [
        (place, _kind(item), _payload(item))
        for place, item in items_in(document.value, lambda item: bool(_kind(item)))
    ]
    speech = [one for one in placed if one[1] in _KINDS]
    key = clock_of([object_of(payload, "timestamp") for _, _, payload in speech], document)
    events = []
    for place, kind, payload in speech:
        time = time_of(payload.get("timestamp"), key, f"{place}.data.data.timestamp")
        entry = entry_of(object_of(payload, "participant"), time, None)
        person = entry.session_id or entry.stable_id or entry.name
        events.append(SpeechEvent(_KINDS[kind], time, person, entry))  # type: ignore[arg-type]
    return export_events(FORMAT, events, **zero_of(key))


def _payload(item: Item) -> Item:
    """Return the object that has the participant: `data.data`, `data` or the item."""
    inner = object_of(object_of(item, "data"), "data")
    for payload in (inner, object_of(item, "data"), item):
        if "participant" in payload:
            return payload
    return inner
