"""The pitfalls of the platforms' JSON."""

import json
from typing import Any

import pytest

from audio.timelines.entries import timeline_entries
from audio.timelines.export import Export, Unreadable
from audio.timelines.registry import read_timeline
from tests.audio.timelines import export_writers as writers
from tests.audio.timelines.export_writers import ZERO, iso

ENTRIES = [(1.0, 3.0, "Ana Ruiz"), (4.0, 6.0, "Bo Li")]
START = ZERO.timestamp()


def spoken(start: float, end: float, name: str) -> str:
    return "Good morning to all of you."


def shown(export: Export) -> list[tuple[float, float | None, str]]:
    return [(entry.start, entry.end, entry.name) for entry in export.entries]


def used(
    content: object, seconds: float = 100.0, **options: Any
) -> list[tuple[float, float, str]]:
    entries, _ = timeline_entries(read_timeline(content, **options), seconds)
    return [(entry.start, entry.end, entry.name) for entry in entries]


def user(name: str, **facts: object) -> dict[str, object]:
    return {"username": name, "user_id": name, "zoom_userid": "", **facts}


def test_zoom_uses_the_refined_timeline() -> None:
    refined = [{"ts": "00:00:01.500", "users": [user("Ana")]}, {"ts": "00:00:03", "users": []}]
    coarse = [{"ts": "00:00:01", "users": [user("Bo")]}]

    assert used({"timeline": coarse, "timeline_refine": refined}) == [(1.5, 3.0, "Ana")]
    assert used({"timeline": refined, "timeline_refine": []}) == [(1.5, 3.0, "Ana")]


@pytest.mark.parametrize(("seconds", "end"), [(20.0, 20.0), (500.0, 65.0)])
def test_the_last_users_of_zoom_last_to_the_end_of_the_recording(
    seconds: float, end: float
) -> None:
    changes = [{"ts": "00:00:05", "users": [user("Ana")]}]

    assert used({"timeline": changes}, seconds) == [(5.0, end, "Ana")]


def test_a_guest_and_a_telephone_of_zoom_have_no_account() -> None:
    users = [
        user("Ana"),
        user("+1 555", zoom_userid="Unknown Speaker"),
        user("Bo", zoom_userid="b"),
    ]

    export = read_timeline({"timeline": [{"ts": "00:00:05", "users": users}]})

    assert [entry.stable_id for entry in export.entries] == ["", "", "b"]


def test_several_people_behind_one_device_are_a_room() -> None:
    changes = [{"ts": "00:00:05", "users": [user("Room 4", multiple_people=True)]}]

    entries, _ = timeline_entries(read_timeline({"timeline": changes}), 9.0)

    assert entries[0].room


def test_a_change_of_zoom_without_a_time_is_refused_with_its_place() -> None:
    with pytest.raises(
        Unreadable, match=r"^timeline\.timeline\[0\]\.ts: expected .* got a number"
    ):
        read_timeline({"timeline": [{"ts": 5, "users": []}]})


def test_entries_and_participants_of_meet_may_be_sent_as_pages() -> None:
    both = json.loads(writers.meet_entries(ENTRIES, spoken))
    pages = [
        {"participants": both["participants"]},
        {"transcriptEntries": both["transcriptEntries"]},
    ]

    assert used(pages, recording_start=START) == ENTRIES


def test_a_participant_of_meet_who_is_not_listed_has_no_name() -> None:
    both = json.loads(writers.meet_entries(ENTRIES, spoken))
    both["participants"].pop()

    export = read_timeline(both, recording_start=START)

    assert shown(export) == ENTRIES[:1]
    assert export.dropped == {"no_name": 1}


def test_entries_of_meet_without_participants_are_refused_with_the_remedy() -> None:
    both = json.loads(writers.meet_entries(ENTRIES, spoken))
    del both["participants"]

    with pytest.raises(Unreadable, match=r"nobody is named in it; .*participants"):
        read_timeline(both)


@pytest.mark.parametrize("kind", ["anonymousUser", "phoneUser"])
def test_guests_and_telephones_of_meet_have_names(kind: str) -> None:
    both = json.loads(writers.meet_entries(ENTRIES[:1], spoken))
    both["participants"] = [
        {"name": both["transcriptEntries"][0]["participant"], kind: {"displayName": "Eve"}}
    ]

    assert [entry.name for entry in read_timeline(both).entries] == ["Eve"]


def test_recall_keeps_negative_times_and_drops_null_names() -> None:
    items = json.loads(writers.recall_timeline([(-2.0, -1.0, "Ana Ruiz"), *ENTRIES]))
    items[1]["participant"] = {"id": 7, "name": None}

    export = read_timeline(items)

    assert shown(export) == [(-2.0, -1.0, "Ana Ruiz"), (4.0, 6.0, "Bo Li")]
    assert export.dropped == {"no_name": 1}


def test_an_item_of_recall_without_an_end_ends_at_the_next() -> None:
    items = json.loads(writers.recall_timeline(ENTRIES))
    items[0]["end_timestamp"] = None

    assert shown(read_timeline(items)) == [(1.0, 4.0, "Ana Ruiz"), ENTRIES[1]]


@pytest.mark.parametrize(
    "text", [writers.recall_timeline(ENTRIES), writers.recall_events(ENTRIES)]
)
def test_recall_has_absolute_times_where_the_start_is_known(text: str) -> None:
    export = read_timeline(text, recording_start=START - 5.0)

    assert shown(export) == [(6.0, 8.0, "Ana Ruiz"), (9.0, 11.0, "Bo Li")]


@pytest.mark.parametrize(
    "text", [writers.vexa_segments(ENTRIES, spoken), writers.teams_metadata(ENTRIES, spoken)]
)
def test_vexa_and_teams_have_absolute_times_where_the_start_is_known(text: str) -> None:
    export = read_timeline(text, recording_start=START - 5.0)

    assert shown(export) == [(6.0, 8.0, "Ana Ruiz"), (9.0, 11.0, "Bo Li")]


def test_events_of_recall_may_have_actions() -> None:
    items = [
        {"action": action, "participant": {"id": 1, "name": "Ana"}, "timestamp": {"relative": at}}
        for action, at in (("speech_on", 1.0), ("speech_off", 2.0))
    ]

    assert shown(read_timeline(items)) == [(1.0, 2.0, "Ana")]


def test_the_recording_of_attendee_says_when_it_began() -> None:
    text = writers.attendee_events(ENTRIES)

    entries, facts = timeline_entries(read_timeline(text), 10.0)

    assert [entry.start for entry in entries] == [1.0, 4.0]
    assert facts.zero is None
    assert facts.notices == ()


def test_events_of_attendee_without_the_recording_count_from_the_first() -> None:
    text = writers.attendee_events(ENTRIES, with_recording=False)

    assert used(text) == [(0.0, 2.0, "Ana Ruiz"), (3.0, 5.0, "Bo Li")]


@pytest.mark.parametrize(
    "text", [writers.attendee_events(ENTRIES), writers.lasuite_metadata(ENTRIES)]
)
def test_rows_out_of_order_and_sent_twice_are_sorted_and_counted(text: str) -> None:
    content = json.loads(text)
    rows = content[0]["results"] if isinstance(content, list) else content["events"]
    rows[:] = [*reversed(rows), rows[-1]]

    export = read_timeline(content, recording_start=START)

    assert shown(export) == ENTRIES
    assert export.dropped == {"duplicate": 1}


def test_a_zone_may_be_missing_in_la_suite() -> None:
    text = writers.lasuite_metadata(ENTRIES, suffix="")

    assert shown(read_timeline(text, recording_start=START)) == ENTRIES


def test_the_identifier_of_la_suite_has_two_spellings() -> None:
    content = json.loads(writers.lasuite_metadata(ENTRIES))
    content["participants"] = [
        {"participant_id": one["participantId"], "name": one["name"]}
        for one in content["participants"]
    ]

    assert shown(read_timeline(content, recording_start=START)) == ENTRIES


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"completed": False}, "interim"),
        ({"source": "chat"}, "not_speech"),
        ({"source": "provisional-cluster-id"}, "provisional"),
        ({"speaker": None}, "no_name"),
        ({"speaker": "Speaker 1"}, "placeholder"),
    ],
)
def test_segments_of_vexa_other_than_speech_are_dropped(
    facts: dict[str, object], reason: str
) -> None:
    content = json.loads(writers.vexa_segments(ENTRIES, spoken))
    content["segments"][0] |= facts

    export = read_timeline(content)

    assert (shown(export), export.dropped) == (ENTRIES[1:], {reason: 1})


def test_a_room_of_vexa_is_a_room() -> None:
    content = json.loads(writers.vexa_segments(ENTRIES, spoken))
    content["segments"][0]["speaker_kind"] = "room"

    assert [entry.room for entry in read_timeline(content).entries] == [True, False]


def test_interim_lines_of_jigasi_are_dropped_and_joins_are_not_counted() -> None:
    export = read_timeline(writers.jigasi(ENTRIES, spoken), recording_start=START)

    assert [entry.name for entry in export.entries] == ["Ana Ruiz", "Bo Li"]
    assert export.dropped == {"interim": 2}


def test_times_with_different_zones_are_each_read_by_its_own() -> None:
    items = [
        {"start": "2026-03-02T09:00:01Z", "end": "2026-03-02T09:00:02Z", "speaker": "Ana"},
        {"start": "2026-03-02T11:00:03+02:00", "end": "2026-03-02T09:00:04Z", "speaker": "Bo"},
    ]

    assert shown(read_timeline(items)) == [(0.0, 1.0, "Ana"), (2.0, 3.0, "Bo")]


@pytest.mark.parametrize("start", ["start_ms", "beginMillis", "offset-ms", "From_MS"])
@pytest.mark.parametrize("name", ["speakerLabel", "display_name", "USER", "Author"])
def test_json_reads_usual_spellings(start: str, name: str) -> None:
    items = [{start: 1500, "durationMs": 500, name: "Ana", "body": "Hi"}]

    [entry] = read_timeline(items).entries

    assert (entry.start, entry.end, entry.name, entry.text) == (1.5, 2.0, "Ana", "Hi")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (1.5, 1.5),
        ("00:00:01.500", 1.5),
        ("1.5s", 1.5),
        ({"seconds": 1, "nanos": 500000000}, 1.5),
        ({"seconds": "1", "nanos": 500000000}, 1.5),
    ],
)
def test_json_reads_times_of_every_kind(value: object, seconds: float) -> None:
    assert shown(read_timeline([{"begin": value, "to": "9s", "user": "Ana"}])) == [
        (seconds, 9.0, "Ana")
    ]


@pytest.mark.parametrize(
    "content",
    [
        {"segments": [{"start": 1, "end": 2, "speaker": "Ana"}]},
        {"results": {"items": [{"start": 1, "end": 2, "speaker": "Ana"}]}},
        {"start_time": "x", "data": [{"start": 1, "end": 2, "speaker": {"name": "Ana", "id": 7}}]},
        [{"entries": [{"start": 1, "end": 2, "speaker": "Ana"}]}],
        [{"start": 1, "end": 2, "speaker": "Ana", "words": [{"start": 1, "end": 2, "text": "a"}]}],
    ],
)
def test_json_finds_its_list(content: object) -> None:
    assert shown(read_timeline(content)) == [(1.0, 2.0, "Ana")]


def test_relative_and_absolute_times_in_one_file_are_refused() -> None:
    items = [
        {"start": 1, "end": 2, "speaker": "A"},
        {"start": iso(3), "end": iso(4), "speaker": "B"},
    ]

    with pytest.raises(Unreadable, match=r"^timeline\[1\]\.start: expected relative times or"):
        read_timeline(items)


def test_an_entry_that_cannot_be_read_is_refused_with_its_place_and_kind() -> None:
    items = {"segments": [{"start": "soon", "end": 2, "speaker": "Ana"}]}

    with pytest.raises(
        Unreadable, match=r"^timeline\.segments\[0\]\.start: expected .* got a text"
    ):
        read_timeline(items)


def test_people_who_rejoin_are_one_person() -> None:
    items = json.loads(writers.recall_timeline([(0.0, 1.0, "Ana"), (5.0, 6.0, "Ana")]))
    items[1]["participant"]["id"] = 900

    assert [name for _, _, name in used(items)] == ["Ana", "Ana"]


def test_two_formats_in_one_file_are_refused() -> None:
    mixed = [
        json.loads(writers.zoom_timeline(ENTRIES)),
        *json.loads(writers.recall_timeline(ENTRIES)),
    ]

    with pytest.raises(Unreadable, match=r"expected one format, found .*; see timeline_format"):
        read_timeline(mixed)
