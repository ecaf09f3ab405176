"""What clients send: one JSON object a message."""

from dataclasses import dataclass

import orjson

from audio.api.event_fields import Fields, InvalidEvent, quote


@dataclass(frozen=True, slots=True)
class ClientEvent:
    """An event: its type, the client's own id of it, and its fields."""

    type: str
    event_id: str | None
    fields: Fields


def parse_event(message: str | bytes) -> ClientEvent:
    """Read a message.

    Raises
    ------
    InvalidEvent
    """
    try:
        document = orjson.loads(message)
    except orjson.JSONDecodeError:
        raise InvalidEvent("The message is not JSON.", code="invalid_json") from None
    if not isinstance(document, dict):
        raise InvalidEvent(f"expected an event as a JSON object, got {quote(document)}.")
    given = document.get("event_id")
    event_id = given[:512] if isinstance(given, str) else None
    kind = document.get("type")
    if not isinstance(kind, str):
        raise InvalidEvent(
            "type: expected the type of an event.", param="type", code="missing_required_parameter"
        )
    return ClientEvent(kind, event_id, Fields(document))
