"""BigBlueButton's events.xml, and XML that is not read."""

import tracemalloc

import pytest

from audio.merge.values import UsedTimeline
from audio.timelines.entries import report_timeline, timeline_entries
from audio.timelines.export import Unreadable
from audio.timelines.registry import read_timeline
from tests.audio.timelines.export_writers import bbb_events

ENTRIES = [(1.0, 3.0, "Ana Ruiz"), (4.0, 6.0, "Bo Li"), (7.0, 9.0, "Ana Ruiz")]
STATUS = ((2.0, True), (5.0, False), (8.0, True))
FILL = (
    '<event timestamp="9132738974" module="WHITEBOARD" eventname="Draw"><points>1</points></event>'
)


def used(text: str, seconds: float) -> list[tuple[float, float, str]]:
    entries, _ = timeline_entries(read_timeline(text), seconds)
    return [(round(one.start, 3), round(one.end, 3), one.name) for one in entries]


@pytest.mark.parametrize("utc", [True, False])
def test_times_count_from_the_start_of_the_recording(utc: bool) -> None:
    assert used(bbb_events(ENTRIES, utc=utc), 9.0) == ENTRIES


def test_events_out_of_order_are_sorted() -> None:
    head, *events = bbb_events(ENTRIES).split("  <event")
    last, tail = events[-1].split("</recording>")
    shuffled = head + "".join(f"  <event{one}" for one in reversed([*events[:-1], last]))

    assert used(f"{shuffled}</recording>{tail}", 9.0) == ENTRIES


def test_the_published_recording_lacks_the_pauses() -> None:
    text = bbb_events([*ENTRIES, (10.0, 20.0, "Bo Li")], status=STATUS)

    # The recording: 2 to 5 s and 8 to 20 s of the raw audio.
    assert used(text, 15.0) == [
        (0.0, 1.0, "Ana Ruiz"),
        (2.0, 3.0, "Bo Li"),
        (3.0, 4.0, "Ana Ruiz"),
        (5.0, 15.0, "Bo Li"),
    ]


def test_the_raw_recording_has_the_pauses() -> None:
    text = bbb_events([*ENTRIES, (10.0, 20.0, "Bo Li")], status=STATUS)

    assert used(text, 20.0)[0] == (1.0, 3.0, "Ana Ruiz")


def test_entries_in_a_pause_are_counted() -> None:
    text = bbb_events([(5.5, 7.5, "Cy"), (9.0, 20.0, "Bo Li")], status=STATUS)

    _, facts = timeline_entries(read_timeline(text), 15.0)

    assert facts.dropped == {"paused": 1}


def test_an_account_that_joins_twice_is_one_person() -> None:
    text = bbb_events(ENTRIES)
    again = text.replace("<recording", "<recording", 1)

    assert {name for _, _, name in used(again, 9.0)} == {"Ana Ruiz", "Bo Li"}


def test_a_caller_without_an_account_is_named_by_the_telephone() -> None:
    text = bbb_events(ENTRIES[:1])
    without_join = text.replace("ParticipantJoinEvent", "OtherEvent")

    assert used(without_join, 3.0) == [(1.0, 3.0, "Ana Ruiz")]


def test_other_events_take_no_memory() -> None:
    text = bbb_events(ENTRIES).replace("</recording>", FILL * 20_000 + "</recording>")
    document = text.encode()

    tracemalloc.start()
    export = read_timeline(document)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(export.entries) == 3
    # The decoded text, and copies of it without line ends, are all that grows.
    assert peak < 4 * len(document)


@pytest.mark.parametrize(
    "head",
    [
        "<!DOCTYPE recording [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>",
        '<!DOCTYPE recording SYSTEM "file:///etc/passwd">',
        "<?xml-stylesheet href='a.xsl'?>",
        "<?php echo 1 ?>",
    ],
)
def test_a_document_type_and_instructions_are_refused(head: str) -> None:
    text = bbb_events(ENTRIES).replace("<recording", f"{head}<recording", 1)

    with pytest.raises(Unreadable, match=r"^timeline: XML with a document type is not read"):
        read_timeline(text)


@pytest.mark.parametrize(
    "text",
    ["<!DOCTYPE html><html><body>Ana: Hi</body></html>", "<svg></svg>", "<recording", "<", "<<"],
)
def test_other_markup_is_no_known_format(text: str) -> None:
    with pytest.raises(Unreadable, match=r"^timeline: not a format known here"):
        read_timeline(text)


def test_xml_that_breaks_off_is_refused_with_its_line() -> None:
    with pytest.raises(Unreadable, match=r"^timeline line .*: expected XML that is well formed"):
        read_timeline(bbb_events(ENTRIES)[:-20])


def test_an_event_without_a_time_is_refused_with_its_line() -> None:
    text = '<recording>\n<event timestamp="soon" module="VOICE" eventname="a"/></recording>'

    with pytest.raises(Unreadable, match=r"^timeline line 2, timestamp: expected milliseconds"):
        read_timeline(text)


def test_the_pauses_of_the_export_are_reported_as_pieces() -> None:
    text = bbb_events([*ENTRIES, (10.0, 20.0, "Bo Li")], status=STATUS)
    _, facts = timeline_entries(read_timeline(text), 15.0)

    report = report_timeline(facts, UsedTimeline(0.5, ((0.0, 0.5),)))

    # What is at 2.5 s of the file is at 0 s of the recording; the pause from 5 to 8 s is at 2.5 s.
    assert (report.offset_s, report.pieces) == (2.5, ((0.0, 2.5), (2.5, 5.5)))
