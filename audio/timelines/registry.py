"""The formats of timelines, in the order in which they are recognised, and their front door."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from audio.merge.name_spelling import readable
from audio.merge.values import Span
from audio.timelines import bigbluebutton, plain_list
from audio.timelines.badges import is_placeholder, without_badges
from audio.timelines.collector_pause import LARGE_BYTES, collector_paused
from audio.timelines.cue_formats import (
    rttm,
    srt,
    teams_metadata,
    teams_vtt,
    vtt,
    webex_vtt,
    zoom_vtt,
)
from audio.timelines.documents import Document, read_document
from audio.timelines.export import MAX_PEOPLE, Entry, Export, Unreadable, at_most
from audio.timelines.json_formats import (
    attendee_events,
    generic_json,
    jigasi,
    lasuite_metadata,
    meet_entries,
    recall_events,
    recall_timeline,
    vexa_segments,
    zoom_timeline,
)


@dataclass(frozen=True, slots=True)
class Reader:
    """How one format is recognised and read, and its shape in words.

    `can_be` decides where the client declares the format; it is `looks_like` unless the module
    has one of its own.
    """

    format: str
    shape: str
    looks_like: Callable[[Document], bool]
    can_be: Callable[[Document], bool]
    read: Callable[[Document], Export]


_MODULES = (
    bigbluebutton,
    teams_metadata,
    teams_vtt,
    webex_vtt,
    zoom_vtt,
    vtt,
    plain_list,
    zoom_timeline,
    meet_entries,
    recall_timeline,
    recall_events,
    attendee_events,
    lasuite_metadata,
    vexa_segments,
    jigasi,
    generic_json,
    rttm,
    srt,
)
READERS: Final = tuple(
    Reader(
        module.FORMAT,
        module.SHAPE,
        module.looks_like,
        getattr(module, "can_be", module.looks_like),
        module.read,
    )
    for module in _MODULES
)
AUTO: Final = "auto"
FORMATS: Final = tuple(reader.format for reader in READERS)
NOT_KNOWN: Final = (
    'not a format known here; expected a list of {"start", "end", "name"} in seconds, WebVTT, '
    "SRT, RTTM, or an export of Zoom, Teams, Meet, Webex, Recall, Attendee, La Suite, Vexa, "
    "Jigasi or BigBlueButton; see timeline_format"
)
LONGEST_NAME = 1000
# As written, before badges are taken off and readings of one name are joined.
_MAX_NAMES = 5 * MAX_PEOPLE
# Formats of platforms that write badges behind names without brackets.
_BARE_BADGES = frozenset(
    {"teams_vtt", "teams_metadata", "recall_timeline", "recall_events", "attendee_events"}
    | {"vexa_segments"}
)
# Formats that any JSON or WebVTT may look like beside a platform's own.
_LOOSE = frozenset({plain_list.FORMAT, generic_json.FORMAT, vtt.FORMAT})
# The dialects of WebVTT are distinguished by their order alone.
_KINDS_WITH_ONE_FORMAT = frozenset({"json"})


def read_timeline(
    content: object, *, format: str = AUTO, recording_start: float | None = None
) -> Export:
    """Return the export that a timeline's content holds.

    Parameters
    ----------
    content
        Bytes, text, or a value of JSON that is parsed already.
    format
        One of `FORMATS`, or `auto` to recognise it by its shape.
    recording_start
        The instant of the recording's first sample, in seconds since 1970. With it, absolute
        times become seconds of the recording; without it, seconds since the first entry.

    Raises
    ------
    Unreadable
    """
    is_large = isinstance(content, str | bytes) and len(content) > LARGE_BYTES
    with collector_paused(is_large=is_large):
        return _read(content, format, recording_start)


def _read(content: object, format: str, recording_start: float | None) -> Export:
    document = read_document(content, wants_absolute=recording_start is not None)
    reader = _recognised(document) if format == AUTO else _declared(document, format)
    try:
        export = reader.read(document)
    except bigbluebutton.NotThisFormat:
        raise _refusal(document, None if format == AUTO else reader) from None
    named = export if reader.format == plain_list.FORMAT else _named(export)
    _check_people(named)
    return _in_recording(named, recording_start)


def _recognised(document: Document) -> Reader:
    found = [reader for reader in READERS if reader.looks_like(document)]
    strict = [reader for reader in found if reader.format not in _LOOSE]
    if document.kind in _KINDS_WITH_ONE_FORMAT and len(strict) > 1:
        listed = " and ".join(reader.format for reader in strict)
        raise Unreadable(f"expected one format, found {listed}; see timeline_format.")
    if not found:
        raise _refusal(document, None)
    return found[0]


def _declared(document: Document, format: str) -> Reader:
    reader = next(reader for reader in READERS if reader.format == format)
    if not reader.can_be(document):
        raise _refusal(document, reader)
    return reader


def _refusal(document: Document, reader: Reader | None) -> Unreadable:
    if reader is not None:
        return Unreadable(f"expected {reader.format}: {reader.shape}.")
    broken = document.kind == "json" and document.value is None
    return Unreadable(f"{NOT_KNOWN}{'. It begins as JSON, and is not JSON' if broken else ''}.")


def _named(export: Export) -> Export:
    """Return the export with names as they are shown, without the entries that have none.

    Raises
    ------
    Unreadable
    """
    written = {entry.name for entry in export.entries}
    if len(written) > _MAX_NAMES:
        raise at_most(f"{MAX_PEOPLE:,} people")
    if max(map(len, written), default=0) > LONGEST_NAME:
        raise at_most(f"{LONGEST_NAME:,} characters in a name")
    has_bare_badges = export.format in _BARE_BADGES
    shown = {name: _shown(name, has_bare_badges=has_bare_badges) for name in written}
    entries: list[Entry] = []
    dropped = Counter(export.dropped)
    for entry in export.entries:
        name = shown[entry.name]
        if not name or is_placeholder(name):
            dropped["placeholder" if name else "no_name"] += 1
        else:
            entries.append(entry if name == entry.name else replace(entry, name=name))
    if not entries and dropped.keys() & {"no_name", "placeholder"}:
        raise Unreadable(f"nobody is named in it; {export.nobody}")
    return _with_length(replace(export, entries=tuple(entries), dropped=dict(dropped)))


def _shown(name: str, *, has_bare_badges: bool) -> str:
    return without_badges(readable(name), has_bare_badges=has_bare_badges)


def _with_length(export: Export) -> Export:
    """Return the export without the entries that end where they start, or before.

    Raises
    ------
    Unreadable
        If that is more than half of them.
    """
    lasting = [one for one in export.entries if one.end is None or one.end > one.start]
    without = len(export.entries) - len(lasting)
    if without > len(lasting):
        raise Unreadable(
            "expected entries that end after they start; more than half of them do not."
        )
    if not without:
        return export
    dropped = {**export.dropped, "no_length": export.dropped.get("no_length", 0) + without}
    return replace(export, entries=tuple(lasting), dropped=dropped)


def _check_people(export: Export) -> None:
    people = {entry.stable_id or entry.session_id or entry.name for entry in export.entries}
    if len(people) > MAX_PEOPLE:
        raise at_most(f"{MAX_PEOPLE:,} people")


def _in_recording(export: Export, recording_start: float | None) -> Export:
    """Return the export in seconds of the recording, or else since the first entry."""
    if export.zero is None:
        return replace(export, is_start_unused=recording_start is not None)
    start = export.recording_zero if recording_start is None else recording_start
    is_estimated = start is None
    if start is None:
        start = export.zero + min((entry.start for entry in export.entries), default=0.0)
    return replace(_moved(export, export.zero - start), zero=start, is_zero_estimated=is_estimated)


def _moved(export: Export, by_s: float) -> Export:
    """Return the export later by some seconds, in whole microseconds: its own are not finer."""

    def move(time: float) -> float:
        return round(time + by_s, 6)

    return replace(
        export,
        entries=tuple(
            entry.between(move(entry.start), None if entry.end is None else move(entry.end))
            for entry in export.entries
        ),
        stays=tuple(
            replace(stay, start=move(stay.start), end=None if stay.end is None else move(stay.end))
            for stay in export.stays
        ),
        pauses=tuple(Span(move(pause.start), move(pause.end)) for pause in export.pauses),
    )
