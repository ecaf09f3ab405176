"""Attendee's participant events: `speech_start` to `speech_stop`, in milliseconds since 1970.

Source
------
https://docs.attendee.dev, participant events and recordings of a bot.
"""

from audio.timelines.clock_times import require_number
from audio.timelines.documents import Document
from audio.timelines.export import Entry, Export
from audio.timelines.json_formats.json_list import Item, answers_in, has_item, items_in, text_of
from audio.timelines.open_ends import SpeechEvent
from audio.timelines.speech_events import export_events

FORMAT = "attendee_events"
SHAPE = '[{"participant_name", "participant_uuid", "event_type", "timestamp_ms"}]'
_KINDS = {"speech_start": "on", "speech_stop": "off", "leave": "leave", "join": "join"}
_RECORDING = "start_timestamp_ms"


def _is_item(item: Item) -> bool:
    return "event_type" in item and "timestamp_ms" in item


def looks_like(document: Document) -> bool:
    """Return whether an item is such an event."""
    return has_item(document.value, _is_item)


def read(document: Document) -> Export:
    """Return an entry from each `speech_start` on; the recording's object says when it began."""
    events: list[SpeechEvent] = []
    joins: list[SpeechEvent] = []
    for place, item in items_in(document.value, _is_item):
        kind = _KINDS.get(text_of(item, "event_type"))
        if kind is None:
            continue
        time = require_number(item["timestamp_ms"], f"{place}.timestamp_ms", unit="milliseconds")
        entry = _entry(item, time / 1000)
        person = entry.session_id or entry.stable_id or entry.name
        event = SpeechEvent(kind, entry.start, person, entry)  # type: ignore[arg-type]
        (joins if kind == "join" else events).append(event)
    start = _recording_start(document)
    return export_events(FORMAT, events, joins, zero=0.0, recording_zero=start)


def _entry(item: Item, time: float) -> Entry:
    return Entry(
        time,
        None,
        text_of(item, "participant_name"),
        stable_id=text_of(item, "participant_user_uuid"),
        session_id=text_of(item, "participant_uuid"),
    )


def _recording_start(document: Document) -> float | None:
    """Return the start of the recording in seconds since 1970; None without its object."""
    for place, answer in answers_in(document.value):
        if answer.get(_RECORDING) is not None:
            place = f"{place}.{_RECORDING}"
            return require_number(answer[_RECORDING], place, unit="milliseconds") / 1000
    return None
