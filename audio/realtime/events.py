"""The events that the server sends, and the ids in them."""

import secrets
from typing import Any

from audio.formats.warning_lines import corrections_json, warnings_json
from audio.realtime.item_transcription import ItemTranscript

Event = dict[str, Any]
_TRANSCRIPTION = "conversation.item.input_audio_transcription"


def new_id(prefix: str) -> str:
    """Return a new id, such as `item_` and 24 digits."""
    return f"{prefix}_{secrets.token_hex(12)}"


def event(kind: str, **fields: Any) -> Event:
    """Return an event with an id of its own."""
    return {"type": kind, "event_id": new_id("event"), **fields}


def error(
    message: str,
    *,
    code: str | None,
    kind: str = "invalid_request_error",
    param: str | None = None,
    event_id: str | None = None,
) -> Event:
    """Return the event that reports an error; `event_id` is that of the client's event."""
    details = {"type": kind, "code": code, "message": message, "param": param}
    return event("error", error={**details, "event_id": event_id})


def item_events(item_id: str, previous: str | None, *, is_beta: bool) -> list[Event]:
    """Return the events that announce a committed item."""
    item = {
        "id": item_id,
        "object": "realtime.item",
        "type": "message",
        "status": "completed",
        "role": "user",
        "content": [{"type": "input_audio", "transcript": None}],
    }
    committed = event("input_audio_buffer.committed", previous_item_id=previous, item_id=item_id)
    names = ["created"] if is_beta else ["added", "done"]
    announced = (
        event(f"conversation.item.{name}", previous_item_id=previous, item=item) for name in names
    )
    return [committed, *announced]


def transcript_events(item_id: str, transcript: ItemTranscript) -> list[Event]:
    """Return the events of a transcribed item: its text as one delta, and its end."""
    place = {"item_id": item_id, "content_index": 0}
    completed = event(
        f"{_TRANSCRIPTION}.completed",
        **place,
        transcript=transcript.text,
        logprobs=None,
        usage={"type": "duration", "seconds": round(transcript.seconds, 3)},
        **_languages(transcript),
        **({"name": transcript.name} if transcript.name else {}),
        **corrections_json(transcript.corrections),
        **warnings_json(transcript.warnings),
    )
    if not transcript.text:
        return [completed]
    delta = event(f"{_TRANSCRIPTION}.delta", **place, delta=transcript.text, logprobs=None)
    return [delta, completed]


def failed_event(item_id: str, error: object) -> Event:
    """Return the event of an item that could not be transcribed."""
    return event(f"{_TRANSCRIPTION}.failed", item_id=item_id, content_index=0, error=error)


def _languages(transcript: ItemTranscript) -> Event:
    return {"languages": [{"code": transcript.language}]} if transcript.language else {}
