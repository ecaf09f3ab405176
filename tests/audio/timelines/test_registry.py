"""What is refused, with which message, and what is empty."""

import json

import pytest

from audio.timelines.entries import timeline_entries
from audio.timelines.export import Unreadable
from audio.timelines.registry import read_timeline
from tests.audio.timelines import export_writers as writers

ENTRIES = [(1.0, 3.0, "Ana Ruiz")]


def spoken(start: float, end: float, name: str) -> str:
    return "Hi."


@pytest.mark.parametrize(
    "content",
    [
        "",
        "Ana Ruiz talked first.",
        b"PK\x03\x04\x14\x00\x00\x00word/document.xml\xff",
        "<html><p>Ana</p></html>",
        "{",
        "[",
        '{"a": 1}',
        None,
        7,
        "null",
    ],
)
def test_what_is_no_format_is_refused(content: object) -> None:
    expected = r'^timeline: not a format known here; expected a list of \{"start", "end", "name"\}'

    with pytest.raises(Unreadable, match=f"{expected} .*see timeline_format"):
        read_timeline(content)


@pytest.mark.parametrize(
    ("format", "content"),
    [
        ("zoom_vtt", writers.teams_vtt(ENTRIES, spoken)),
        ("teams_vtt", writers.zoom_vtt(ENTRIES, spoken)),
        ("list", writers.zoom_vtt(ENTRIES, spoken)),
        ("zoom_vtt", writers.plain(ENTRIES)),
        ("bbb_events", writers.rttm(ENTRIES)),
        ("bbb_events", "<html></html>"),
        ("rttm", writers.srt(ENTRIES, spoken)),
        ("meet_entries", writers.jigasi(ENTRIES, spoken)),
    ],
)
def test_content_that_is_not_of_the_declared_format_is_refused(format: str, content: str) -> None:
    with pytest.raises(Unreadable, match=f"^timeline: expected {format}: "):
        read_timeline(content, format=format)


def test_a_declared_format_overrides_recognition() -> None:
    text = writers.zoom_vtt(ENTRIES, spoken)

    assert read_timeline(text, format="vtt").format == "vtt"


@pytest.mark.parametrize(
    ("content", "limit"),
    [
        (b" " * (32 * 1024 * 1024 + 1), "32 MiB"),
        ("WEBVTT\n\n" + "00:01.000 --> 00:02.000\n<v A>a\n\n" * 200_001, "200,000 cues"),
        ("[" + '{"start":0,"end":1,"name":"A"},' * 200_000 + "1]", "200,000 entries"),
        ("SPEAKER m 1 0 1 <NA> <NA> A_B <NA> <NA>\n" * 200_001, "200,000 entries"),
        ("[" + "[]," * 2_000_000 + "1]", "200,000 entries"),
        ("<recording>" + "<a/>" * 4_000_001, "200,000 entries"),
        ([{"start": 0, "end": 1, "name": f"Ana {at}"} for at in range(2001)], "2,000 people"),
        ([{"start": 0, "end": 1, "user": f"Ana {at}"} for at in range(2001)], "2,000 people"),
        ([{"start": 0, "end": 1, "user": f"Ana {at}"} for at in range(20001)], "2,000 people"),
        ("[" * 65 + "]" * 65, "64 levels"),
        ("[" * 100_000, "64 levels"),
        (b"WEBVTT\n\n\xff\xfe", "32 MiB of UTF-8"),
        ("WEBVTT\n\n\0", "32 MiB of text, and no NUL"),
        ([{"start": 0, "end": 1, "user": "A" * 1001}], "1,000 characters in a name"),
    ],
)
def test_what_is_over_a_limit_is_refused(content: object, limit: str) -> None:
    with pytest.raises(Unreadable, match=f"^timeline: expected at most {limit}"):
        read_timeline(content)


@pytest.mark.parametrize(
    "content",
    [
        "WEBVTT",
        "WEBVTT\n\nNOTE nothing was said\n",
        '{"timeline": []}',
        '{"transcriptEntries": []}',
        '{"segments": []}',
        "<recording></recording>",
        ";; nothing\nSPKR-INFO m 1 <NA> <NA> <NA> unknown Ana <NA> <NA>\n",
        json.dumps({"room_name": "a", "events": []}),
    ],
)
def test_a_known_format_without_an_entry_is_empty(content: str) -> None:
    entries, facts = timeline_entries(read_timeline(content), 10.0)

    assert (entries, facts.entries) == ((), 0)
    assert [notice.code for notice in facts.notices] == ["timeline_empty"]


def test_an_empty_list_is_no_timeline_and_gets_no_warning() -> None:
    _, facts = timeline_entries(read_timeline("[]"), 10.0)

    assert (facts.format, facts.entries, facts.notices) == ("list", 0, ())


def test_names_are_readable() -> None:
    [entry] = read_timeline([{"start": 0, "end": 1, "user": "\u202eAna\x07\n  Ruiz"}]).entries

    assert entry.name == "Ana Ruiz"
