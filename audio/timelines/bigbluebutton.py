"""BigBlueButton's events.xml: who talks, in milliseconds of a monotonic clock.

Document types, entities and processing instructions are refused by handlers of the parser before
anything is expanded. Only the events that are used are kept.

Source
------
https://docs.bigbluebutton.org/development/recording
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NoReturn
from xml.parsers import expat

from audio.merge.values import Span
from audio.timelines.clock_times import FIRST_EPOCH_MS
from audio.timelines.documents import Document
from audio.timelines.export import MAX_ENTRIES, Entry, Export, Unreadable, at_most
from audio.timelines.open_ends import SpeechEvent
from audio.timelines.speech_events import export_events

FORMAT = "bbb_events"
SHAPE = "<recording> with <event timestamp module eventname>"
_REFUSED = "XML with a document type is not read"
_PART = 1 << 16
# Longer contents of a tag are no name, no identifier and no number.
_LONGEST_CONTENT = 4096

_WANTED = {
    ("PARTICIPANT", "ParticipantJoinEvent"): ("userId", "externalUserId", "name"),
    ("PARTICIPANT", "ParticipantLeftEvent"): ("userId",),
    ("PARTICIPANT", "RecordStatusEvent"): ("status",),
    ("VOICE", "ParticipantJoinedEvent"): ("participant", "callername"),
    ("VOICE", "ParticipantLeftEvent"): ("participant",),
    ("VOICE", "ParticipantTalkingEvent"): ("participant", "talking"),
    ("VOICE", "StartRecordingEvent"): ("recordingTimestamp", "timestampUTC"),
    ("VOICE", "StopRecordingEvent"): (),
}
_NUMBER = re.compile(r"[0-9]{1,15}")


class NotThisFormat(Exception):
    """The XML is not of BigBlueButton."""


@dataclass(frozen=True, slots=True)
class _Event:
    """An event that is used: its name, its time in seconds, and the tags that are used."""

    module: str
    name: str
    time: float
    tags: Mapping[str, str]

    def tag(self, name: str) -> str:
        """Return the content of a tag; empty where it is missing."""
        return self.tags.get(name, "").strip()


def looks_like(document: Document) -> bool:
    """Return whether it is XML."""
    return document.kind == "xml"


def read(document: Document) -> Export:
    """Return an entry from each talking on, in seconds since the recording began.

    Raises
    ------
    Unreadable
        For XML that is malformed, or has a document type or a processing instruction.
    NotThisFormat
    """
    events, last = _Reader().read(document.text)
    starts = [one for one in events if one.name == "StartRecordingEvent"]
    zero = starts[0].time if starts else min((one.time for one in events), default=0.0)
    end = max((one.time for one in events if one.name == "StopRecordingEvent"), default=last)
    instant = _instant(starts[0]) if starts else None
    speech, joins = _speech(events, zero)
    return export_events(
        FORMAT,
        speech,
        joins,
        zero=instant,
        recording_zero=instant,
        pauses=_pauses(events, zero, end),
        length_s=max(0.0, end - zero),
    )


class _Reader:
    """Reads the events with expat; keeps those that are wanted."""

    def __init__(self) -> None:
        self._events: list[_Event] = []
        self._last = 0.0
        self._root = ""
        self._wanted: tuple[str, ...] = ()
        self._event: tuple[str, str, float] | None = None
        self._tags: dict[str, str] = {}
        self._tag = ""
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._begin
        self._parser.StartDoctypeDeclHandler = self._refuse_document_type
        self._parser.EntityDeclHandler = self._refuse
        self._parser.ProcessingInstructionHandler = self._refuse
        self._parser.ExternalEntityRefHandler = self._refuse

    def read(self, text: str) -> tuple[list[_Event], float]:
        """Return the wanted events, and the time of the last event of any kind."""
        try:
            for at in range(0, len(text), _PART):
                self._parser.Parse(text[at : at + _PART], False)
            self._parser.Parse("", True)
        except expat.ExpatError as error:
            if not self._root:
                raise NotThisFormat from None
            raise Unreadable(
                "expected XML that is well formed.", place=f" line {error.lineno}"
            ) from None
        return self._events, self._last

    def _refuse_document_type(self, name: str, *_rest: object) -> NoReturn:
        if name.lower() == "html":
            raise NotThisFormat
        self._refuse()

    def _refuse(self, *_what: object) -> NoReturn:
        raise Unreadable(f"{_REFUSED}; expected {SHAPE}.")

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if not self._root:
            self._root = name
            if name != "recording":
                raise NotThisFormat
        elif name == "event":
            self._begin_event(attributes)
        elif name in self._wanted:
            self._tag, self._tags[name] = name, ""
            self._parser.CharacterDataHandler = self._add
            self._parser.EndElementHandler = self._end

    def _begin_event(self, attributes: dict[str, str]) -> None:
        self._parser.CharacterDataHandler = None
        time = attributes.get("timestamp", "")
        if not _NUMBER.fullmatch(time):
            place = f" line {self._parser.CurrentLineNumber}, timestamp"
            raise Unreadable("expected milliseconds.", place=place)
        self._last = max(self._last, int(time) / 1000)
        kind = attributes.get("module", ""), attributes.get("eventname", "")
        wanted = _WANTED.get(kind)
        self._wanted, self._tags = wanted or (), {}
        if wanted is None:
            return
        if len(self._events) >= 2 * MAX_ENTRIES:
            raise at_most(f"{MAX_ENTRIES:,} entries")
        self._events.append(_Event(*kind, int(time) / 1000, self._tags))

    def _add(self, content: str) -> None:
        known = self._tags[self._tag]
        if len(known) < _LONGEST_CONTENT:
            self._tags[self._tag] = known + content[:_LONGEST_CONTENT]

    def _end(self, name: str) -> None:
        if name == self._tag:
            self._parser.CharacterDataHandler = None
            self._parser.EndElementHandler = None


def _instant(start: _Event) -> float | None:
    """Return when the recording began, in seconds since 1970; None in old files."""
    for tag in ("recordingTimestamp", "timestampUTC"):
        if _NUMBER.fullmatch(start.tag(tag)) and int(start.tag(tag)) >= FIRST_EPOCH_MS:
            return int(start.tag(tag)) / 1000
    return None


_Kind = Literal["on", "off", "leave"]


def _speech(events: Sequence[_Event], zero: float) -> tuple[list[SpeechEvent], list[SpeechEvent]]:
    """Return who began and stopped talking, or left; and who joined."""
    people = {one.tag("userId"): one for one in events if one.name == "ParticipantJoinEvent"}
    callers = {
        one.tag("participant"): one.tag("callername")
        for one in events
        if one.name == "ParticipantJoinedEvent"
    }

    def event(kind: _Kind, one: _Event, person: str) -> SpeechEvent:
        joined = people.get(person)
        name = joined.tag("name") if joined else ""
        entry = Entry(
            round(one.time - zero, 3),
            None,
            name or callers.get(person, ""),
            stable_id=joined.tag("externalUserId") if joined else "",
            session_id=person,
        )
        return SpeechEvent(kind, entry.start, person, entry)

    speech: list[SpeechEvent] = []
    joins: list[SpeechEvent] = []
    for one in events:
        person = one.tag("participant") or one.tag("userId")
        if one.name == "ParticipantTalkingEvent":
            kind: _Kind = "on" if one.tag("talking") == "true" else "off"
            speech.append(event(kind, one, person))
        elif one.name == "ParticipantLeftEvent":
            speech.append(event("leave", one, person))
        elif one.name in ("ParticipantJoinEvent", "ParticipantJoinedEvent"):
            joins.append(event("on", one, person))
    return speech, joins


def _pauses(events: Sequence[_Event], zero: float, end: float) -> tuple[Span, ...]:
    """Return the stretches in which the record button was off; none if it was never pressed."""
    presses = sorted(
        (round(one.time - zero, 3), one.tag("status") == "true")
        for one in events
        if one.name == "RecordStatusEvent"
    )
    if not any(is_on for _, is_on in presses):
        return ()
    length = max(0.0, end - zero)
    pauses, off_since = [], 0.0
    is_recorded = False
    for time, is_on in presses:
        time = min(max(time, 0.0), length)
        if is_on and not is_recorded:
            pauses.append(Span(off_since, time))
        elif is_recorded and not is_on:
            off_since = time
        is_recorded = is_on
    if not is_recorded:
        pauses.append(Span(off_since, length))
    return tuple(pause for pause in pauses if pause.end > pause.start)
