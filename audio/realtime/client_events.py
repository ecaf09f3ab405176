"""What clients send: one JSON object a message, read field by field.

A message to the client names the field, what was expected and what was sent.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

LONGEST_QUOTE = 60


class InvalidEvent(Exception):
    """An event of a client that has no effect, and why."""

    def __init__(self, message: str, *, param: str | None = None, code: str = "invalid_value"):
        super().__init__(message)
        self.param, self.code = param, code
        self.event_id: str | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of an object that a client sent, and the name of the object."""

    values: Mapping[str, object]
    name: str = ""

    def __contains__(self, field: str) -> bool:
        return field in self.values

    def is_null(self, field: str) -> bool:
        """Whether a field is null, which turns a part of the session off."""
        return field in self.values and self.values[field] is None

    def inner(self, field: str) -> "Fields | None":
        """Return the fields of an inner object; None where it is absent or null."""
        value = self.values.get(field)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self._expected(field, "an object")
        return Fields(value, self.path(field))

    def text(self, field: str, *, longest: int) -> str | None:
        """Return a text; None where it is absent or null."""
        value = self.values.get(field)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self._expected(field, "a string")
        if len(value) > longest:
            raise self._invalid(
                field,
                f"expected at most {longest} characters, got {len(value)}.",
                "string_above_max_length",
            )
        return value

    def texts(self, field: str, *, longest: int, most: int) -> tuple[str, ...] | None:
        """Return a list of texts; None where it is absent or null."""
        value = self.values.get(field)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self._expected(field, "a list of strings")
        if len(value) > most:
            raise self._invalid(field, f"expected at most {most} items, got {len(value)}.")
        too_long = next((at for at, one in enumerate(value) if len(one) > longest), None)
        if too_long is not None:
            raise self._invalid(
                field,
                f"expected at most {longest} characters in item {too_long}, "
                f"got {len(value[too_long])}.",
                "string_above_max_length",
            )
        return tuple(value)

    def number(self, field: str, *, least: float, most: float) -> float | None:
        """Return a number; None where it is absent or null."""
        value = self.values.get(field)
        if value is None:
            return None
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and least <= (number := float(str(value))) <= most:
            return number
        raise self._expected(field, f"a number from {least:g} to {most:g}")

    def choice(self, field: str, choices: Sequence[str]) -> str | None:
        """Return one of the choices; None where the field is absent or null."""
        value = self.values.get(field)
        if value is None:
            return None
        if value not in choices:
            raise self._expected(field, f"one of {', '.join(choices)}")
        return str(value)

    def content(self, field: str) -> bytes:
        """Return the bytes that a field holds as base64."""
        value = self.values.get(field)
        if not isinstance(value, str):
            raise self._expected(field, "audio as base64")
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            raise self._invalid(field, "expected audio as base64, got other text.") from None

    def path(self, field: str) -> str:
        """Return the name of a field, from the event."""
        return f"{self.name}.{field}" if self.name else field

    def _expected(self, field: str, what: str) -> InvalidEvent:
        if field not in self.values:
            return self._invalid(field, f"expected {what}.", "missing_required_parameter")
        return self._invalid(field, f"expected {what}, got {quote(self.values[field])}.")

    def _invalid(self, field: str, reason: str, code: str = "invalid_value") -> InvalidEvent:
        path = self.path(field)
        return InvalidEvent(f"{path}: {reason}", param=path, code=code)


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


def quote(value: object) -> str:
    """Return the start of a value as JSON."""
    text = orjson.dumps(value).decode()
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
