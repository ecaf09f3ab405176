"""label-merge with timelines as platforms export them, over a scripted engine."""

import json
from typing import Any

import httpx
import pytest

from tests.audio.timelines.conftest import CLINIC, SPEAKERS
from tests.audio.timelines.export_writers import (
    all_formats,
    bbb_events,
    iso,
    recall_timeline,
    spoken_words,
    zoom_vtt,
)
from tests.engine_answers import DIARIZE, TRANSCRIBE, transcription
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE

MERGE = "/api/audio/label-merge"
REFERENCE = json.loads((CLINIC / "reference.json").read_text())
LISTED = json.loads((CLINIC / "timeline.json").read_text())
ENTRIES = [(one["start"], one["end"], one["name"]) for one in LISTED]
FILES = all_formats(ENTRIES, spoken_words(REFERENCE, SPEAKERS))
NAMES = {"A": "George Hall", "B": "Emma Brook", "C": "Michael Reyes"}
ABSOLUTE = [name for name, _, needs_start, _ in FILES if needs_start and "teams" not in name]


@pytest.fixture(autouse=True)
def _clinic(faults: FaultServer) -> None:
    """The engine answers with the reference turns of the clinic meeting."""
    turns = [
        {"start_s": start, "end_s": end, "speaker": turn["spk"]}
        for turn in REFERENCE
        for start, end in turn["speech"]
    ]
    faults.answer(
        DIARIZE,
        {
            "duration": 165.0,
            "segments": turns,
            "speakers_detected": ["A", "B", "C"],
            "fingerprints": {},
            "models": {"diarization": "sortformer", "embedding": "titanet"},
        },
    )
    faults.answer(TRANSCRIBE, transcription("Hi!", [(12.0, 12.5)], 165.0))


def merge(gateway: Gateway, timeline: str | None = None, **fields: Any) -> httpx.Response:
    files: list[tuple[str, Any]] = [("file", TONE), *fields.pop("files", [])]
    texts = fields if timeline is None else {"timeline": timeline, **fields}
    return gateway.post(MERGE, files=files, data=texts)


def names_in(answer: httpx.Response) -> dict[str, str]:
    return {one["cluster"]: one["name"] for one in answer.json()["speakers"]}


def codes_in(answer: httpx.Response) -> list[str]:
    return [warning["code"] for warning in answer.json().get("warnings", [])]


@pytest.mark.parametrize("rule", ["overlap", "evidence"])
@pytest.mark.parametrize(("name", "format", "needs_start", "text"), FILES)
def test_every_export_names_the_meeting_as_the_plain_list_does(
    scripted: Gateway, name: str, format: str, needs_start: bool, text: str, rule: str
) -> None:
    start = {"recording_start": iso(0)} if needs_start else {}

    answer = merge(scripted, text, rule=rule, **start)

    report = answer.json()["timeline"]
    assert names_in(answer) == NAMES
    assert (report["format"], report["people"]) == (format, 3)
    assert report["offset_s"] == pytest.approx(0.8 if format == "jigasi" else 0.6, abs=0.21)


@pytest.mark.parametrize("name", ABSOLUTE)
def test_absolute_times_without_a_start_are_searched_for_it(scripted: Gateway, name: str) -> None:
    text = next(text for file, _, _, text in FILES if file == name)

    answer = merge(scripted, text, rule="evidence")

    report = answer.json()["timeline"]
    assert names_in(answer) == NAMES
    assert report["offset_s"] == pytest.approx(-0.3 if "jigasi" in name else -0.5, abs=0.21)
    assert report["recording_start"].startswith("2026-03-02T09:00:0")
    assert "timeline_zero_estimated" in codes_in(answer)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("kind", ["text/vtt", "application/octet-stream"])
def test_a_timeline_may_be_a_file_of_any_name_and_type(
    scripted: Gateway, kind: str, encoding: str
) -> None:
    text = zoom_vtt(ENTRIES, spoken_words(REFERENCE, SPEAKERS)).replace("\n", "\r\n")
    file = ("Meeting of Ana Ruiz.bin", text.encode(encoding), kind)

    answer = merge(scripted, files=[("timeline", file)])

    assert answer.json()["timeline"]["format"] == "zoom_vtt"
    assert names_in(answer) == NAMES


def test_a_text_may_be_utf_16(scripted: Gateway) -> None:
    text = zoom_vtt(ENTRIES, spoken_words(REFERENCE, SPEAKERS)).encode("utf-16")

    answer = scripted.post(MERGE, files=[("file", TONE), ("timeline", (None, text))])

    assert answer.json()["timeline"]["format"] == "zoom_vtt"


def test_two_timelines_are_refused(scripted: Gateway, faults: FaultServer) -> None:
    answer = merge(scripted, "[]", files=[("timeline", ("a.json", b"[]", "text/plain"))])

    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "timeline: expected one timeline, got 2."
    assert faults.asked == []


@pytest.mark.parametrize(
    ("fields", "param", "beginning"),
    [
        ({"timeline": "Ana Ruiz spoke."}, "timeline", "timeline: not a format known here; "),
        ({"timeline": "<html>Ana Ruiz</html>"}, "timeline", "timeline: not a format known here; "),
        (
            {"timeline": '[{"start": "Ana Ruiz", "end": 2, "name": "Ana Ruiz"}]'},
            "timeline",
            "timeline[0].start: expected ",
        ),
        (
            {"timeline": "SPEAKER a 1 Ana Ruiz <NA> <NA> Ana Ruiz"},
            "timeline",
            "timeline line 1: expected ",
        ),
        (
            {"timeline": "[]", "timeline_format": "docx"},
            "timeline_format",
            "timeline_format: expected one of auto, ",
        ),
        (
            {"timeline": "[]", "timeline_format": "zoom_vtt"},
            "timeline",
            "timeline: expected zoom_vtt: ",
        ),
        (
            {"timeline": "WEBVTT\n\n00:01.000 --> 00:02.000\nAna Ruiz spoke"},
            "timeline",
            "timeline: nobody is named in it; ",
        ),
        (
            {"timeline": "[]", "recording_start": "Ana Ruiz"},
            "recording_start",
            "recording_start: expected ISO 8601 or epoch seconds",
        ),
        (
            {"timeline": "<!DOCTYPE recording [<!ENTITY a 'Ana Ruiz'>]><recording/>"},
            "timeline",
            "timeline: XML with a document type is not read",
        ),
        ({"timeline": "WEBVTT\0Ana Ruiz"}, "timeline", "timeline: expected at most "),
    ],
)
def test_a_refusal_names_the_place_and_quotes_nothing(
    scripted: Gateway, faults: FaultServer, fields: dict[str, str], param: str, beginning: str
) -> None:
    answer = merge(scripted, **fields)

    error = answer.json()["error"]
    assert answer.status_code == 400
    assert error["param"] == param
    assert error["message"].startswith(beginning)
    assert "Ana" not in answer.text
    assert faults.asked == []


def test_no_name_of_a_refused_timeline_is_in_the_log(scripted: Gateway) -> None:
    merge(scripted, '[{"start": 1, "end": 0, "name": "Xaviera Quill"}]')

    assert "Xaviera" not in scripted.log.read_text()


def test_a_known_format_without_an_entry_is_a_warning(scripted: Gateway) -> None:
    answer = merge(scripted, "WEBVTT\n\nNOTE nothing was said\n")

    assert answer.json()["timeline"] == {
        "format": "vtt",
        "entries": 0,
        "people": 0,
        "offset_s": None,
        "dropped": {},
    }
    assert codes_in(answer) == ["timeline_empty"]


def test_an_empty_list_is_no_timeline(scripted: Gateway) -> None:
    answer = merge(scripted, "[]")

    assert answer.json()["timeline"]["entries"] == 0
    assert "timeline_empty" not in codes_in(answer)


def test_a_start_that_has_no_effect_is_a_warning(scripted: Gateway) -> None:
    answer = merge(scripted, "[]", recording_start="1772442000")

    assert "recording_start_unused" in codes_in(answer)


def test_a_foreign_timeline_that_chance_explains_gives_no_name_by_overlap(
    scripted: Gateway,
) -> None:
    cues = "\n".join(
        f"{at}\n00:0{at // 60}:{at % 60:02d}.000 --> 00:0{at // 60}:{at % 60:02d}.900\n"
        f"{('Ana Ruiz', 'Bo Li')[at % 2]}: yes\n"
        for at in range(160)
    )

    answer = merge(scripted, f"WEBVTT\n\n{cues}")

    assert all(name.startswith("Unknown") for name in names_in(answer).values())
    assert "timeline_unusable" in codes_in(answer)


def test_the_plain_list_under_overlap_is_used_as_it_is(scripted: Gateway) -> None:
    plain = [{"start": 0, "end": 165, "name": "Ana Ruiz (Guest)"}]

    answer = merge(scripted, json.dumps(plain))

    assert set(names_in(answer).values()) == {"Ana Ruiz (Guest)"}
    assert answer.json()["timeline"]["offset_s"] is None


@pytest.mark.parametrize("rule", ["overlap", "evidence"])
def test_numbers_that_must_be_milliseconds_are_read_as_such(scripted: Gateway, rule: str) -> None:
    items = [
        {"from": 1000 * start, "to": 1000 * end, "user": name} for start, end, name in ENTRIES
    ]

    answer = merge(scripted, json.dumps(items), rule=rule)

    assert names_in(answer) == NAMES
    assert "timeline_milliseconds" in codes_in(answer)


def test_a_subtitle_file_is_never_read_as_milliseconds(scripted: Gateway) -> None:
    cues = [("00:00:00", "02:00:00", "Ana Ruiz"), ("02:00:00", "40:00:00", "Bob Lee")]
    vtt = "".join(f"\n{start}.000 --> {end}.000\n<v {name}>Yes.\n" for start, end, name in cues)

    answer = merge(scripted, f"WEBVTT\n{vtt}", rule="overlap")

    assert "timeline_milliseconds" not in codes_in(answer)
    assert "Bob Lee" not in names_in(answer).values()


def test_entries_outside_the_recording_are_counted(scripted: Gateway) -> None:
    entries = [*ENTRIES, (400.0, 403.0, "Emma Brook"), (500.0, 503.0, "George Hall")]
    text = zoom_vtt(entries, spoken_words(REFERENCE, SPEAKERS))

    report = merge(scripted, text).json()["timeline"]

    assert (report["entries"], report["dropped"]) == (30, {"outside": 2})


@pytest.mark.parametrize("rule", ["overlap", "evidence"])
def test_a_timeline_may_go_on_for_hours_after_the_recording(scripted: Gateway, rule: str) -> None:
    later = [(300.0 + 9 * at, 304.0 + 9 * at, ENTRIES[at % 30][2]) for at in range(2000)]
    text = zoom_vtt([*ENTRIES, *later], spoken_words(REFERENCE, SPEAKERS))

    answer = merge(scripted, text, rule=rule)

    assert names_in(answer) == NAMES
    assert answer.json()["timeline"]["dropped"] == {"outside": 2000}


@pytest.mark.parametrize(
    ("recorded_from", "offset_s"), [(0.0, 0.6), (-60.0, 60.6)], ids=["published", "raw"]
)
def test_pauses_are_taken_out_where_the_names_then_follow_the_speakers(
    scripted: Gateway, recorded_from: float, offset_s: float
) -> None:
    # The recording is the published one, or the raw one without its first minute. The export does
    # not end with it, so no length decides.
    kept = [one for one in ENTRIES if one[1] < 80]
    late = [(start + 60, end + 60, name) for start, end, name in ENTRIES if start >= 82]
    entries = (
        [*kept, *late]
        if recorded_from == 0.0
        else [(start + 60, end + 60, name) for start, end, name in ENTRIES]
    )
    status = ((0.0, True), (81.0, False), (141.0, True))
    text = bbb_events([*entries, (3000.0, 3001.0, "Emma Brook")], status=status)

    answer = merge(scripted, text)

    assert names_in(answer) == NAMES
    assert answer.json()["timeline"]["offset_s"] == pytest.approx(offset_s, abs=0.21)


def _with_second_session(name: str, is_moved: bool) -> str:
    """Return an export in which a second session is lit for one turn in three of a person."""
    items = json.loads(recall_timeline(ENTRIES))
    own = [item for item in items if item["participant"]["name"] == name]
    for at, item in enumerate(own[::3]):
        second = json.loads(json.dumps(item))
        second["participant"]["id"] = 900
        if is_moved:
            other = next(one for one in items if one["participant"]["name"] == "Michael Reyes")
            second |= {key: other[key] for key in ("start_timestamp", "end_timestamp")}
            second["start_timestamp"]["relative"] += 0.1 * at
        items.append(second)
    return json.dumps(items)


@pytest.mark.parametrize(("is_moved", "people"), [(False, 3), (True, 4)])
def test_two_devices_of_one_speaker_are_one_person(
    scripted: Gateway, is_moved: bool, people: int
) -> None:
    answer = merge(scripted, _with_second_session("Emma Brook", is_moved))

    assert answer.json()["timeline"]["people"] == people
    assert names_in(answer) == NAMES


@pytest.mark.parametrize("rule", ["overlap", "evidence"])
def test_readings_of_a_name_are_one_person(scripted: Gateway, rule: str) -> None:
    first, second, *others = ENTRIES
    entries = [(*first[:2], "GEORGE HALL"), (*second[:2], "Emma Bro..."), *others]
    text = zoom_vtt(entries, spoken_words(REFERENCE, SPEAKERS))

    answer = merge(scripted, text, rule=rule)

    assert names_in(answer) == NAMES
    assert answer.json()["timeline"]["people"] == 3
