"""Writers of timelines as platforms export them, for tests: entries to the text of one export.

Entries are `(start s, end s, name)`.
"""

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

Entries = Sequence[tuple[float, float, str]]
Spoken = Callable[[float, float, str], str]
ZERO = datetime(2026, 3, 2, 9, 0, 0, 250000, tzinfo=UTC)  # the recording's first sample
ZERO_MS = round(ZERO.timestamp() * 1000)
SPEAKERS = {"George Hall": "A", "Emma Brook": "B", "Michael Reyes": "C"}


def dump(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def number(name: str, names: list[str]) -> int:
    return 16778240 + 1024 * names.index(name)


def guid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "sample:" + name))


def names_of(entries: Entries) -> list[str]:
    return list(dict.fromkeys(name for _, _, name in entries))


def iso(seconds: float, digits: int = 3, zero: datetime = ZERO, suffix: str = "Z") -> str:
    """Return an absolute time; seven digits are Microsoft's."""
    at = zero + timedelta(seconds=round(seconds, 6))
    whole = at.strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{at.microsecond:06d}0"[: len(whole) + 1 + digits] + suffix


def stamp(seconds: float, comma: str = ".") -> str:
    sign, ms = ("-" if seconds < 0 else ""), abs(round(seconds * 1000))
    h, rest = divmod(ms, 3600000)
    m, rest = divmod(rest, 60000)
    return f"{sign}{h:02d}:{m:02d}:{rest // 1000:02d}{comma}{rest % 1000:03d}"


def spoken_words(reference: list[dict[str, Any]], speakers: dict[str, str]) -> Spoken:
    """Return the words of the reference in a span of the timeline, by share of time."""

    def spoken(start: float, end: float, name: str, lag: float = 0.6) -> str:
        start, end = start - lag, end - lag
        said = []
        for turn in reference:
            if turn["spk"] == speakers.get(name) and turn["start"] < end and turn["end"] > start:
                words, length = turn["text"].split(), turn["end"] - turn["start"]
                at = [turn["start"] + length * (k + 0.5) / len(words) for k in range(len(words))]
                said += [w for w, t in zip(words, at, strict=False) if start <= t < end]
        return " ".join(said) or "Yes."

    return spoken


def changes(entries: Entries) -> list[tuple[float, list[str]]]:
    """Return the names that are active from each time on."""
    starts = sorted((start, end, name) for start, end, name in entries)
    active: list[tuple[float, str]] = []
    out: list[tuple[float, list[str]]] = []
    at = 0
    for time in sorted({edge for start, end, _ in entries for edge in (start, end)}):
        active = [(end, name) for end, name in active if end > time]
        while at < len(starts) and starts[at][0] <= time:
            active.append(starts[at][1:])
            at += 1
        names = list(dict.fromkeys(name for end, name in active if end > time))
        if not out or out[-1][1] != names:
            out.append((time, names))
    return out


def on_off(entries: Entries) -> list[tuple[float, str, bool]]:
    """[(time, name, True or False)] of the union of each name's entries."""
    events: list[tuple[float, str, bool]] = []
    for name in names_of(entries):
        spans: list[list[float]] = []
        for s, e in sorted((s, e) for s, e, n in entries if n == name):
            if spans and s <= spans[-1][1]:
                spans[-1][1] = max(e, spans[-1][1])
            else:
                spans.append([s, e])
        events += [(s, name, True) for s, _ in spans] + [(e, name, False) for _, e in spans]
    return sorted(events, key=lambda x: (x[0], x[2], x[1]))


def plain(entries: Entries) -> str:
    return dump([{"start": s, "end": e, "name": n} for s, e, n in entries])


def zoom_timeline(entries: Entries) -> str:
    names = names_of(entries)

    def user(n: str) -> dict[str, Any]:
        return {
            "username": n,
            "multiple_people": False,
            "user_id": str(number(n, names)),
            "zoom_userid": guid(n)[:22].replace("-", ""),
            "client_type": 2,
        }

    refined = [{"ts": stamp(t), "users": [user(n) for n in who]} for t, who in changes(entries)]
    coarse = [
        {"ts": stamp(float(int(t))), "users": [user(n) for n in who]}
        for t, who in changes(entries)[::2]
    ]
    return dump({"timeline": coarse, "timeline_refine": refined})


def pieces(entries: Entries, longest: float) -> Iterator[tuple[float, float, str, bool]]:
    for s, e, n in entries:
        count = max(1, -(-round((e - s) * 1000) // round(longest * 1000)))
        for k in range(count):
            yield s + (e - s) * k / count, s + (e - s) * (k + 1) / count, n, k == 0


def zoom_vtt(entries: Entries, spoken: Spoken, longest: float = 4.0) -> str:
    out = ["WEBVTT", ""]
    for i, (s, e, n, first) in enumerate(pieces(entries, longest), 1):
        text = spoken(s, e, n)
        out += [str(i), f"{stamp(s)} --> {stamp(e)}", f"{n}: {text}" if first else text, ""]
    return "\n".join(out) + "\n"


def voiced_vtt(
    entries: Entries,
    spoken: Spoken,
    ident: Callable[[int, str], str],
    closed: bool = True,
    badge: Callable[[str], str] = lambda n: n,
) -> str:
    out = ["WEBVTT", ""]
    for i, (s, e, n) in enumerate(entries):
        head = ident(i, n)
        out += ([head] if head else []) + [
            f"{stamp(s)} --> {stamp(e)}",
            f"<v {escape(badge(n))}>{escape(spoken(s, e, n))}" + ("</v>" if closed else ""),
            "",
        ]
    return "\n".join(out) + "\n"


def teams_vtt(entries: Entries, spoken: Spoken, **more: Any) -> str:
    return voiced_vtt(entries, spoken, lambda i, n: f"{guid('transcript')}/{7 * i + 3}-0", **more)


def webex_vtt(entries: Entries, spoken: Spoken, **more: Any) -> str:
    names = names_of(entries)
    return voiced_vtt(entries, spoken, lambda i, n: f'{i + 1} "{n}" ({number(n, names)})', **more)


def teams_metadata(entries: Entries, spoken: Spoken, zero: datetime = ZERO) -> str:
    out = ["WEBVTT", ""]
    for s, e, n in entries:
        cue = {
            "startDateTime": iso(s, 7, zero),
            "endDateTime": iso(e, 7, zero),
            "speakerName": n,
            "spokenText": spoken(s, e, n),
            "spokenLanguage": "en-us",
        }
        out += [f"{stamp(s)} --> {stamp(e)}", json.dumps(cue), ""]
    return "\n".join(out) + "\n"


def meet_entries(entries: Entries, spoken: Spoken, zero: datetime = ZERO) -> str:
    record, names = "conferenceRecords/6c1f0f1e-clinic", names_of(entries)
    listed = [
        {
            "name": f"{record}/transcripts/t1/entries/{i}",
            "participant": f"{record}/participants/{number(n, names)}",
            "text": spoken(s, e, n),
            "languageCode": "en-US",
            "startTime": iso(s, 6, zero),
            "endTime": iso(e, 6, zero),
        }
        for i, (s, e, n) in enumerate(entries)
    ]
    people = [
        {
            "name": f"{record}/participants/{number(n, names)}",
            "earliestStartTime": iso(-30, 6, zero),
            "signedinUser": {"user": f"users/{number(n, names)}", "displayName": n},
        }
        for n in names
    ]
    return dump({"transcriptEntries": listed, "participants": people})


def recall_participant(name: str, names: list[str]) -> dict[str, Any]:
    return {
        "id": 100 * (names.index(name) + 1),
        "name": name,
        "is_host": name == names[0],
        "platform": "desktop",
        "extra_data": None,
        "email": None,
    }


def recall_timeline(entries: Entries, zero: datetime = ZERO) -> str:
    names = names_of(entries)

    def at(t: float) -> dict[str, Any]:
        return {"absolute": iso(t, 6, zero), "relative": round(t, 3)}

    return dump(
        [
            {
                "participant": recall_participant(n, names),
                "start_timestamp": at(s),
                "end_timestamp": at(e),
            }
            for s, e, n in entries
        ]
    )


def recall_events(entries: Entries, zero: datetime = ZERO) -> str:
    names = names_of(entries)
    return dump(
        [
            {
                "event": "participant_events.speech_" + ("on" if on else "off"),
                "data": {
                    "data": {
                        "participant": recall_participant(n, names),
                        "timestamp": {"absolute": iso(t, 6, zero), "relative": round(t, 3)},
                        "data": None,
                    },
                    "recording": {"id": guid("recording"), "metadata": {}},
                },
            }
            for t, n, on in on_off(entries)
        ]
    )


def attendee_events(entries: Entries, zero_ms: int = ZERO_MS, with_recording: bool = True) -> str:
    names = names_of(entries)

    def row(i: int, t: float, n: str, kind: str) -> dict[str, Any]:
        return {
            "id": f"evt_{i:05d}",
            "participant_name": n,
            "participant_uuid": str(number(n, names)),
            "participant_user_uuid": guid(n),
            "participant_is_host": n == names[0],
            "event_type": kind,
            "event_data": {},
            "timestamp_ms": zero_ms + round(t * 1000),
        }

    events = [row(i, -20.0 + i, n, "join") for i, n in enumerate(names)]
    events += [
        row(100 + i, t, n, "speech_start" if on else "speech_stop")
        for i, (t, n, on) in enumerate(on_off(entries))
    ]
    page = {"next": None, "previous": None, "results": events}
    return dump(
        [page, {"url": "recording.mp4", "start_timestamp_ms": zero_ms}] if with_recording else page
    )


def lasuite_metadata(entries: Entries, zero: datetime = ZERO, suffix: str = "Z") -> str:
    ids = {n: guid(n) for n in names_of(entries)}

    def row(t: float, who: str, kind: str) -> dict[str, Any]:
        return {
            "participant_id": who,
            "type": kind,
            "timestamp": iso(t, 6, zero, suffix),
            "data": None,
        }

    events = [row(-5.0, who, "participant_connected") for who in ids.values()]
    events += [
        row(t, ids[n], "speech_start" if on else "speech_end") for t, n, on in on_off(entries)
    ]
    return dump(
        {
            "events": events,
            "participants": [{"participantId": who, "name": n} for n, who in ids.items()],
        }
    )


def vexa_segments(entries: Entries, spoken: Spoken, zero: datetime = ZERO) -> str:
    numbers = {name: number for number, name in enumerate(names_of(entries))}
    return dump(
        {
            "segments": [
                {
                    "segment_id": f"sess:ch-1:{i}",
                    "speaker": n,
                    "speaker_key": f"ch-1:{numbers[n]}",
                    "text": spoken(s, e, n),
                    "start": s,
                    "end": e,
                    "language": "en",
                    "completed": True,
                    "absolute_start_time": iso(s, 3, zero),
                    "absolute_end_time": iso(e, 3, zero),
                    "source": "glow-bound",
                    "confidence": 1,
                }
                for i, (s, e, n) in enumerate(entries)
            ]
        }
    )


def bbb_events(
    entries: Entries,
    zero_ms: int = ZERO_MS,
    status: Sequence[tuple[float, bool]] = ((0.0, True),),
    utc: bool = True,
    monotonic: int = 9132738974,
) -> str:
    """`status`: when the record button was pressed, in seconds of the raw audio."""
    ids = {n: "w_" + guid(n)[:12].replace("-", "") for n in names_of(entries)}
    rows: list[tuple[float, str, str, dict[str, Any]]] = []

    def add(t: float, module: str, kind: str, /, **tags: Any) -> None:
        rows.append((t, module, kind, tags))

    for i, (n, who) in enumerate(ids.items()):
        add(
            -25.0 + i,
            "PARTICIPANT",
            "ParticipantJoinEvent",
            name=n,
            role="VIEWER",
            externalUserId=who + "x",
            userId=who,
        )
        add(
            -15.0 + i,
            "VOICE",
            "ParticipantJoinedEvent",
            participant=who,
            bridge="70421",
            callername=n,
            talking="false",
            callernumber="none",
            muted="false",
        )
    for t, on in status:
        add(
            t,
            "PARTICIPANT",
            "RecordStatusEvent",
            status=str(on).lower(),
            userId=next(iter(ids.values())),
        )
    add(
        0.0,
        "VOICE",
        "StartRecordingEvent",
        bridge="70421",
        filename="audio.opus",
        recordingTimestamp=str(zero_ms),
    )
    for t, n, on in on_off(entries):
        add(
            t,
            "VOICE",
            "ParticipantTalkingEvent",
            participant=ids[n],
            bridge="70421",
            talking=str(on).lower(),
        )
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<recording meeting_id="clinic-1" bbb_version="2.7.0">',
    ]
    for t, module, name, tags in sorted(rows, key=lambda r: r[0]):
        out.append(
            f'  <event timestamp="{monotonic + round(t * 1000)}" module="{module}" '
            f'eventname="{name}">'
        )
        if utc:
            tags = {"timestampUTC": str(zero_ms + round(t * 1000)), **tags}
        out += [f"    <{k}>{escape(v)}</{k}>" for k, v in tags.items()] + ["  </event>"]
    return "\n".join([*out, "</recording>"]) + "\n"


def jigasi(entries: Entries, spoken: Spoken, zero: datetime = ZERO) -> str:
    zero_ms = round(zero.timestamp() * 1000)

    def who(n: str) -> dict[str, str]:
        return {"name": n, "id": guid(n)[:8]}

    rows = [
        {"event": "JOIN", "timestamp": zero_ms - 9000, "participant": who(n)}
        for n in names_of(entries)
    ]
    for i, (s, e, n) in enumerate(entries):
        text = spoken(s, e, n)
        row: dict[str, Any] = {
            "event": "SPEECH",
            "timestamp": zero_ms + round(s * 1000),
            "participant": who(n),
            "language": "en-US",
            "message_id": guid(f"m{i}"),
            "is_interim": False,
            "stability": 1,
            "transcript": [{"text": text, "confidence": 0.9}],
        }
        part = {
            **row,
            "is_interim": True,
            "stability": 0.5,
            "timestamp": row["timestamp"] + 400,
            "transcript": [{"text": text[: len(text) // 2], "confidence": 0.4}],
        }
        rows += [part, row]
    return dump(
        {
            "room_name": "clinic",
            "room_url": "clinic@conference.example",
            "start_time": iso(0, 3, zero),
            "end_time": iso(max(e for _, e, _ in entries), 3, zero),
            "initial_participants": [who(n) for n in names_of(entries)],
            "events": rows,
        }
    )


def rttm(entries: Entries) -> str:
    return "".join(
        f"SPEAKER clinic 1 {s:.3f} {e - s:.3f} <NA> <NA> {n.replace(' ', '_')} <NA> <NA>\n"
        for s, e, n in entries
    )


def srt(entries: Entries, spoken: Spoken) -> str:
    return "\n".join(
        f"{i}\n{stamp(s, ',')} --> {stamp(e, ',')}\n{n}: {spoken(s, e, n)}\n"
        for i, (s, e, n) in enumerate(entries, 1)
    )


def generic(
    entries: Entries,
    start: str,
    end: str,
    name: str,
    value: Any,
    extra: Any = None,
    wrap: str | None = None,
) -> str:
    rows = [
        {start: value(s), end: value(e), name: n, **(extra(s, e, n) if extra else {})}
        for s, e, n in entries
    ]
    return dump({wrap: rows} if wrap else rows)


def all_formats(
    entries: Entries, spoken: Spoken, zero: datetime = ZERO
) -> list[tuple[str, str, bool, str]]:
    """Return every format once: its file name, format, whether it needs a start, and text."""
    return [
        (name, format, needs_start, write(entries, spoken))
        for name, format, needs_start, write in writers(zero)
    ]


def writers(
    zero: datetime = ZERO,
) -> list[tuple[str, str, bool, Callable[[Entries, Spoken], str]]]:
    """Return every format once: its file name, format, whether it needs a start, and writer."""
    return [
        ("zoom_timeline.json", "zoom_timeline", False, lambda e, t: zoom_timeline(e)),
        ("zoom.vtt", "zoom_vtt", False, zoom_vtt),
        ("teams.vtt", "teams_vtt", False, teams_vtt),
        ("teams_metadata.vtt", "teams_metadata", True, teams_metadata),
        ("meet_entries.json", "meet_entries", True, meet_entries),
        ("webex.vtt", "webex_vtt", False, webex_vtt),
        ("recall_timeline.json", "recall_timeline", False, lambda e, t: recall_timeline(e)),
        ("recall_events.json", "recall_events", False, lambda e, t: recall_events(e)),
        ("attendee_events.json", "attendee_events", False, lambda e, t: attendee_events(e)),
        ("lasuite-metadata.json", "lasuite_metadata", True, lambda e, t: lasuite_metadata(e)),
        ("vexa_segments.json", "vexa_segments", False, vexa_segments),
        ("bbb_events.xml", "bbb_events", False, lambda e, t: bbb_events(e)),
        ("jigasi.json", "jigasi", True, jigasi),
        ("timeline.rttm", "rttm", False, lambda e, t: rttm(e)),
        ("subtitles.srt", "srt", False, srt),
        ("generic_ms.json", "json", False, _generic_ms),
        ("generic_iso.json", "json", True, _generic_iso),
        ("generic_segments.json", "json", False, _generic_segments),
    ]


def _generic_ms(entries: Entries, spoken: Spoken) -> str:
    return generic(entries, "startMs", "endMs", "speaker", lambda time: round(time * 1000))


def _generic_iso(entries: Entries, spoken: Spoken) -> str:
    return generic(entries, "start_time", "end_time", "speaker_name", iso)


def _generic_segments(entries: Entries, spoken: Spoken) -> str:
    def body(start: float, end: float, name: str) -> dict[str, str]:
        return {"body": spoken(start, end, name)}

    return generic(entries, "startTime", "endTime", "speaker", float, body, "segments")
