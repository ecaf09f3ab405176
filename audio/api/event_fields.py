"""The fields of the events that clients send over a connection, read one by one.

A message to the client names the field, what was expected and what was sent.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import orjson

LONGEST_QUOTE = 60
Chosen = TypeVar("Chosen", bound=str)


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
            raise self.expected(field, "an object")
        return Fields(value, self.path(field))

    def text(self, field: str, *, longest: int) -> str | None:
        """Return a text; None where it is absent or null."""
        value = self.values.get(field)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.expected(field, "a string")
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
            raise self.expected(field, "a list of strings")
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
        only = "the number" if least == most else f"a number from {least:g} to"
        raise self.expected(field, f"{only} {most:g}")

    def choice(self, field: str, choices: Sequence[Chosen]) -> Chosen | None:
        """Return one of the choices; None where the field is absent or null."""
        value = self.values.get(field)
        if value is None:
            return None
        chosen = next((one for one in choices if one == value), None)
        if chosen is None:
            raise self.expected(field, f"one of {', '.join(choices)}")
        return chosen

    def content(self, field: str) -> bytes:
        """Return the bytes that a field holds as base64."""
        value = self.values.get(field)
        if not isinstance(value, str):
            raise self.expected(field, "audio as base64")
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            raise self._invalid(field, "expected audio as base64, got other text.") from None

    def path(self, field: str) -> str:
        """Return the name of a field, from the event."""
        return f"{self.name}.{field}" if self.name else field

    def expected(self, field: str, what: str) -> InvalidEvent:
        """Return the error of a field that is absent, or has another value than expected."""
        if field not in self.values:
            return self._invalid(field, f"expected {what}.", "missing_required_parameter")
        return self._invalid(field, f"expected {what}, got {quote(self.values[field])}.")

    def _invalid(self, field: str, reason: str, code: str = "invalid_value") -> InvalidEvent:
        path = self.path(field)
        return InvalidEvent(f"{path}: {reason}", param=path, code=code)


def quote(value: object) -> str:
    """Return the start of a value as JSON."""
    text = orjson.dumps(value).decode()
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
