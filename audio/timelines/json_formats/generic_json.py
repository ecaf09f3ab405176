"""Any other list of objects with a start, a name and mostly an end, under usual spellings."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from audio.timelines.clock_times import (
    FIRST_EPOCH_MS,
    FIRST_EPOCH_S,
    parse_clock,
    parse_iso,
    require_number,
)
from audio.timelines.documents import Document
from audio.timelines.export import Entry, Export, Unreadable, unexpected
from audio.timelines.json_formats.json_list import Item, Placed, answers_in, text_of
from audio.timelines.open_ends import end_utterances
from audio.timelines.tallies import Outcome, tally

FORMAT = "json"
SHAPE = "a list of objects with start, end and name under usual spellings"
CONTAINERS = (
    *("segments", "entries", "utterances", "results", "transcript"),
    *("timeline", "words", "items", "data"),
)
NOBODY = "no item has a name under name, speaker, participant, user, author or the like."

_STARTS = (
    *("start", "starts", "starttime", "begin", "from"),
    *("offset", "timestamp", "ts", "time"),
)
_ENDS = ("end", "ends", "endtime", "stop", "finish", "to")
_LENGTHS = ("duration", "dur", "length")
_NAMES = (
    *("name", "speaker", "speakername", "speakerlabel", "participant", "participantname"),
    *("user", "username", "displayname", "author"),
)
_TEXTS = ("text", "body", "content", "words", "transcript")
_ROLES = {"start": _STARTS, "end": _ENDS, "length": _LENGTHS, "name": _NAMES, "text": _TEXTS}
_MILLISECONDS = ("ms", "millis")
_SECONDS = re.compile(r"(-?[0-9]{1,15}(?:\.[0-9]{1,15})?)[ \t]*s")
_TIME = "seconds, HH:MM:SS.mmm or ISO 8601"


@dataclass(frozen=True, slots=True)
class _Key:
    """What a key of an item means: its role, its rank in that role, and its unit."""

    role: str
    rank: int
    is_ms: bool


@dataclass(slots=True)
class _Clock:
    """What the times of the file have been so far."""

    is_absolute: bool | None = None
    keys: dict[str, _Key | None] = field(default_factory=dict)


def looks_like(document: Document) -> bool:
    """Return whether it is a list of objects, or has one, whose first items have a start."""
    for _, items in _lists(document.value):
        return not items or any(
            "start" in _roles(item, {}) for item in items[:20] if isinstance(item, dict)
        )
    return False


def read(document: Document) -> Export:
    """Return an entry for each item.

    Raises
    ------
    Unreadable
        For a start or an end that is not a time, or for relative and absolute times in one file.
    """
    clock = _Clock()
    outcomes: list[Outcome] = []
    open_ended: list[Entry] = []
    for place, item in _items(document.value):
        outcome = _outcome(place, item, clock)
        if isinstance(outcome, Entry):
            open_ended.append(outcome)
        else:
            outcomes.append(outcome)
    outcomes.extend(end_utterances(open_ended))
    is_absolute = bool(clock.is_absolute)
    return tally(
        FORMAT,
        outcomes,
        zero=0.0 if is_absolute else None,
        is_captions=any(entry.text for entry in open_ended[:20]),
        nobody=NOBODY,
    )


def _lists(value: object) -> Iterator[tuple[str, Sequence[Any]]]:
    """Yield the lists of items with their places: the value, or those of the API's answers."""
    if isinstance(value, list) and not any(map(_is_answer, value[:20])):
        yield "", value
        return
    for place, answer in answers_in(value):
        if isinstance(value, dict) or _is_answer(answer):
            yield from ((f"{place}{key}", listed) for key, listed in _containers(answer))


def _items(value: object) -> Iterator[Placed]:
    for place, items in _lists(value):
        for at, item in enumerate(items):
            if isinstance(item, dict):
                yield f"{place}[{at}]", item


def _is_answer(item: object) -> bool:
    """Return whether an object of a list has a list of items, and is no item itself."""
    if not isinstance(item, dict) or not _containers(item):
        return False
    return not {"start", "name"} <= _roles(item, {}).keys()


def _containers(answer: Item) -> list[tuple[str, list[Any]]]:
    """Return the first list of objects of an answer, at any depth under the usual keys."""
    for key in CONTAINERS:
        value = answer.get(key)
        if isinstance(value, list) and all(isinstance(item, dict) for item in value[:20]):
            return [(f".{key}", value)]
        if isinstance(value, dict) and (inner := _containers(value)):
            return [(f".{key}{where}", listed) for where, listed in inner]
    return []


def _squeezed(key: str) -> str:
    return key.replace("_", "").replace("-", "").lower()


def _meaning(key: str) -> _Key | None:
    squeezed = _squeezed(key)
    for role, spellings in _ROLES.items():
        for rank, spelling in enumerate(spellings):
            if squeezed == spelling:
                return _Key(role, rank, is_ms=False)
            if role in ("start", "end", "length") and squeezed in (
                f"{spelling}{unit}" for unit in _MILLISECONDS
            ):
                return _Key(role, rank, is_ms=True)
    return None


def _roles(item: Item, keys: dict[str, _Key | None]) -> dict[str, tuple[str, _Key]]:
    """Return the item's key for each role: the one that is listed first."""
    found: dict[str, tuple[str, _Key]] = {}
    for key, value in item.items():
        if key not in keys:
            keys[key] = _meaning(key)
        meaning = keys[key]
        if meaning is None or value is None:
            continue
        if meaning.role not in found or meaning.rank < found[meaning.role][1].rank:
            found[meaning.role] = (key, meaning)
    return found


def _outcome(place: str, item: Item, clock: _Clock) -> Outcome:
    roles = _roles(item, clock.keys)
    if "start" not in roles:
        raise Unreadable(f"expected a start in {_TIME}; got nothing.", place=f"{place}.start")
    start = _time(place, item, roles["start"], clock)
    end = _end(place, item, roles, clock, start)
    name, session_id, stable_id = _name(item, roles)
    if not name:
        return "no_name"
    text = item[roles["text"][0]] if "text" in roles else ""
    return Entry(
        start,
        end,
        name,
        stable_id=stable_id,
        session_id=session_id,
        text=text if isinstance(text, str) else "",
    )


def _end(
    place: str,
    item: Item,
    roles: Mapping[str, tuple[str, _Key]],
    clock: _Clock,
    start: float,
) -> float | None:
    if "end" in roles:
        return _time(place, item, roles["end"], clock)
    if "length" in roles:
        return start + _length(place, item, roles["length"])
    return None


def _time(place: str, item: Item, role: tuple[str, _Key], clock: _Clock) -> float:
    key, meaning = role
    value, is_absolute = _seconds(item[key], f"{place}.{key}", meaning)
    if clock.is_absolute is None:
        clock.is_absolute = is_absolute
    if clock.is_absolute != is_absolute:
        raise Unreadable(
            "expected relative times or absolute times throughout; got both.",
            place=f"{place}.{key}",
        )
    return value


def _seconds(value: object, place: str, meaning: _Key) -> tuple[float, bool]:
    """Return the seconds, and whether they are since 1970."""
    match value:
        case str():
            return _text_seconds(value, place)
        case {"seconds": whole}:
            nanos = value.get("nanos") or 0  # type: ignore[attr-defined]
            whole = float(whole) if isinstance(whole, str) and whole.isdecimal() else whole
            seconds = require_number(whole, f"{place}.seconds")
            seconds += require_number(nanos, f"{place}.nanos", unit="nanoseconds") / 1e9
            return seconds, abs(seconds) >= FIRST_EPOCH_S
    number = require_number(value, place)
    if meaning.is_ms or abs(number) >= FIRST_EPOCH_MS:
        number /= 1000
    return number, abs(number) >= FIRST_EPOCH_S


def _text_seconds(text: str, place: str) -> tuple[float, bool]:
    if (seconds := parse_clock(text)) is not None:
        return seconds, False
    if (instant := parse_iso(text)) is not None:
        return instant, True
    if found := _SECONDS.fullmatch(text.strip()):
        return float(found[1]), False
    raise unexpected(_TIME, text, place=place)


def _length(place: str, item: Item, role: tuple[str, _Key]) -> float:
    key, meaning = role
    value = item[key]
    if isinstance(value, int | float):
        number = require_number(value, f"{place}.{key}")
        return number / 1000 if meaning.is_ms else number
    return _seconds(value, f"{place}.{key}", meaning)[0]


def _name(item: Item, roles: Mapping[str, tuple[str, _Key]]) -> tuple[str, str, str]:
    """Return the name, and the identifiers of this session and of the account."""
    if "name" not in roles:
        return "", "", ""
    value = item[roles["name"][0]]
    if isinstance(value, dict):
        name = text_of(value, "name", "display_name", "displayName", "username")
        return name, text_of(value, "id"), text_of(value, "email")
    return (value if isinstance(value, str) else ""), "", ""
