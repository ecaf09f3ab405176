"""The plain list: timeline entries and spans of time as JSON, for forms, archives and jobs."""

import json
import math
from collections.abc import Iterator
from typing import TypeGuard

from audio.merge.name_spelling import readable
from audio.merge.values import Span, TimelineEntry

TIMELINE = (
    'a list of {"start", "end", "name", "confidence"?}: seconds, finite, start <= end; '
    "a text; 0 to 1"
)
SPANS = 'a list of {"start", "end"} in seconds, finite, start <= end'
SHOWN_CHARACTERS = 80


def parse_timeline(given: object, *, name: str) -> tuple[TimelineEntry, ...]:
    """Return the timeline entries of JSON, given as text or as the parsed value.

    Raises
    ------
    ValueError
        A sentence that begins with `name` and says which item is invalid, and what was expected.
    """
    return tuple(
        _entry(item, f"{name}[{index}]") for index, item in _items(given, name, expected=TIMELINE)
    )


def parse_spans(given: object, *, name: str) -> tuple[Span, ...]:
    """Return the spans of JSON, given as text or as the parsed value.

    Raises
    ------
    ValueError
        As `parse_timeline`.
    """
    return tuple(
        Span(*_start_and_end(item, f"{name}[{index}]", expected=SPANS))
        for index, item in _items(given, name, expected=SPANS)
    )


def parse_json(given: object, name: str, *, expected: str) -> object:
    """Return the value of JSON text; return any other value unchanged.

    Raises
    ------
    ValueError
    """
    if not isinstance(given, str | bytes):
        return given
    try:
        return json.loads(given)
    except (ValueError, RecursionError):
        raise ValueError(f"{name}: not JSON; expected {expected}.") from None


def is_finite(value: object) -> TypeGuard[int | float]:
    """Return whether a JSON value is a number that a float can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def invalid(where: str, expected: str, got: object = None) -> ValueError:
    """Return the error that names the invalid item and what was expected there."""
    shown = "" if got is None else f"; got {json.dumps(got, default=str)[:SHOWN_CHARACTERS]}"
    return ValueError(f"{where}: expected {expected}{shown}.")


def _entry(item: dict[str, object], where: str) -> TimelineEntry:
    start, end = _start_and_end(item, where, expected=TIMELINE)
    name, confidence = item.get("name"), item.get("confidence", 1.0)
    if not isinstance(name, str):
        raise invalid(f"{where}.name", TIMELINE, name)
    if not is_finite(confidence) or not 0 <= confidence <= 1:
        raise invalid(f"{where}.confidence", TIMELINE, confidence)
    return TimelineEntry(start, end, readable(name), float(confidence))


def _items(given: object, name: str, *, expected: str) -> Iterator[tuple[int, dict[str, object]]]:
    data = parse_json(given, name, expected=expected)
    if not isinstance(data, list):
        raise invalid(name, expected, data)
    # All items before any field: the first error is the list's shape.
    for index, item in enumerate(data):
        if not isinstance(item, dict):
            raise invalid(f"{name}[{index}]", expected, item)
    yield from enumerate(data)


def _start_and_end(item: dict[str, object], where: str, *, expected: str) -> tuple[float, float]:
    start, end = (_seconds(item, key, where, expected) for key in ("start", "end"))
    if end < start:
        raise invalid(where, expected, item)
    return start, end


def _seconds(item: dict[str, object], key: str, where: str, expected: str) -> float:
    value = item.get(key, "nothing")
    if not is_finite(value):
        raise invalid(f"{where}.{key}", expected, value)
    return float(value)
