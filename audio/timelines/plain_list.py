"""The plain list, `[{"start", "end", "name"}]` in seconds; and spans of time as JSON."""

import json
import math
from collections.abc import Iterator
from typing import TypeGuard

from audio.merge.name_spelling import readable
from audio.merge.values import Span
from audio.timelines.clock_times import parse_clock, parse_iso
from audio.timelines.documents import Document
from audio.timelines.export import MAX_ENTRIES, Entry, Export, Unreadable, at_most, unexpected

FORMAT = "list"
SHAPE = (
    'a list of {"start", "end", "name", "confidence"?}: seconds, finite, start <= end; '
    "a text; 0 to 1"
)
SPANS = 'a list of {"start", "end"} in seconds, finite, start <= end'
SHOWN_CHARACTERS = 80
_KEYS = {"start", "end", "name"}


def looks_like(document: Document) -> bool:
    """Return whether it is a list in which an item has the three keys, or none is an object."""
    listed = document.value
    if document.kind != "json" or not isinstance(listed, list):
        return False
    items = [item for item in listed if isinstance(item, dict)]
    return not items or any(item.keys() >= _KEYS and not _is_time(item["start"]) for item in items)


def can_be(document: Document) -> bool:
    """Return whether content that is declared to be of this format can be it."""
    return document.kind == "json" and isinstance(document.value, list)


def _is_time(value: object) -> bool:
    """Return whether a start is a time that this list does not have, and format `json` has."""
    if isinstance(value, str):
        is_duration = value[:-1].strip().replace(".", "", 1).isdecimal() and value.endswith("s")
        return is_duration or parse_clock(value) is not None or parse_iso(value) is not None
    return isinstance(value, dict)


def read(document: Document) -> Export:
    """Return an entry for each item, with its name in readable form.

    Raises
    ------
    Unreadable
        With the index of the first item that is invalid.
    """
    listed = document.value
    if not isinstance(listed, list):
        raise unexpected(SHAPE, listed)
    if len(listed) > MAX_ENTRIES:
        raise at_most(f"{MAX_ENTRIES:,} entries")
    # All items before any field: the first error is the list's shape.
    for at, item in enumerate(listed):
        if not isinstance(item, dict):
            raise unexpected(SHAPE, item, place=f"[{at}]")
    names: dict[str, str] = {}
    entries = tuple(_entry(item, f"[{at}]", names) for at, item in enumerate(listed))
    return Export(format=FORMAT, entries=entries)


def _entry(item: dict[str, object], place: str, names: dict[str, str]) -> Entry:
    start, end = (_time(item.get(key), f"{place}.{key}") for key in ("start", "end"))
    if end < start:
        raise Unreadable(f"expected {SHAPE}; got an end before the start.", place=place)
    name, confidence = item.get("name"), item.get("confidence", 1.0)
    if not isinstance(name, str):
        raise unexpected(SHAPE, name, place=f"{place}.name")
    if not is_finite(confidence) or not 0 <= confidence <= 1:
        raise unexpected(SHAPE, confidence, place=f"{place}.confidence")
    if name not in names:
        names[name] = readable(name)
    return Entry(start, end, names[name], confidence=float(confidence))


def _time(value: object, place: str) -> float:
    if not is_finite(value):
        raise unexpected(SHAPE, value, place=place)
    return float(value)


def parse_spans(given: object, *, name: str) -> tuple[Span, ...]:
    """Return the spans of JSON, given as text or as the parsed value.

    Raises
    ------
    ValueError
        A sentence that begins with `name` and says which item is invalid, and what was expected.
    """
    return tuple(
        Span(*_start_and_end(item, f"{name}[{index}]"))
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


def _items(given: object, name: str, *, expected: str) -> Iterator[tuple[int, dict[str, object]]]:
    data = parse_json(given, name, expected=expected)
    if not isinstance(data, list):
        raise invalid(name, expected, data)
    # All items before any field: the first error is the list's shape.
    for index, item in enumerate(data):
        if not isinstance(item, dict):
            raise invalid(f"{name}[{index}]", expected, item)
    yield from enumerate(data)


def _start_and_end(item: dict[str, object], where: str) -> tuple[float, float]:
    start, end = (_seconds(item, key, where) for key in ("start", "end"))
    if end < start:
        raise invalid(where, SPANS, item)
    return start, end


def _seconds(item: dict[str, object], key: str, where: str) -> float:
    value = item.get(key, "nothing")
    if not is_finite(value):
        raise invalid(f"{where}.{key}", SPANS, value)
    return float(value)
