"""Each format, written as its platform writes it and read again, gives the entries written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.timelines.clock_times import parse_recording_start
from audio.timelines.entries import timeline_entries
from audio.timelines.registry import FORMATS, read_timeline
from tests.audio.timelines.export_writers import ZERO, Entries, Spoken, all_formats, iso

FILES = [(name, format) for name, format, _, _ in all_formats([(0.0, 1.0, "Ana")], lambda *_: "a")]
# Writers that drop the ends, or the times of a change within one person's speech.
WITHOUT_ENDS = {"jigasi"}
START = ZERO.timestamp()


def text_of(name: str, entries: Entries, spoken: Spoken) -> str:
    return next(text for file, _, _, text in all_formats(entries, spoken) if file == name)


def test_every_format_has_a_sample() -> None:
    assert {format for _, format in FILES} | {"list", "vtt"} == set(FORMATS)


@pytest.mark.parametrize(("name", "format"), FILES)
def test_a_sample_is_recognised_and_read(
    name: str, format: str, clinic: Entries, spoken: Spoken
) -> None:
    export = read_timeline(text_of(name, clinic, spoken), recording_start=START)
    entries, facts = timeline_entries(export, 165.0)

    assert (export.format, facts.people, facts.entries) == (
        format,
        3,
        29 if format in WITHOUT_ENDS else 30,
    )
    assert entries[0].start == pytest.approx(1.13, abs=0.002)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["zoom.vtt", "subtitles.srt", "timeline.rttm", "bbb_events.xml"])
def test_encodings_and_line_ends_make_no_difference(
    name: str, newline: str, encoding: str, clinic: Entries, spoken: Spoken
) -> None:
    text = text_of(name, clinic, spoken)

    export = read_timeline(text.replace("\n", newline).encode(encoding))

    assert export == read_timeline(text)


@pytest.mark.parametrize(("name", "format"), FILES)
def test_a_declared_format_is_read_as_the_recognised_one(
    name: str, format: str, clinic: Entries, spoken: Spoken
) -> None:
    text = text_of(name, clinic, spoken)

    assert read_timeline(text, format=format) == read_timeline(text)


@pytest.mark.parametrize(
    "name", ["meet_entries.json", "lasuite-metadata.json", "jigasi.json", "generic_iso.json"]
)
def test_absolute_times_without_a_start_count_from_the_first_entry(
    name: str, clinic: Entries, spoken: Spoken
) -> None:
    export = read_timeline(text_of(name, clinic, spoken))
    entries, facts = timeline_entries(export, 165.0)

    assert entries[0].start == 0.0
    assert facts.zero == pytest.approx(START + 1.13, abs=0.001)
    assert [notice.code for notice in facts.notices] == ["timeline_zero_estimated"]


def test_a_start_has_no_effect_on_relative_times(clinic: Entries, spoken: Spoken) -> None:
    export = read_timeline(text_of("zoom.vtt", clinic, spoken), recording_start=START)
    _, facts = timeline_entries(export, 165.0)

    assert [notice.code for notice in facts.notices] == ["recording_start_unused"]


def test_a_start_without_a_zone_is_in_utc() -> None:
    assert parse_recording_start(iso(0, suffix="")) == START


# Entries that are 0.4 s and more apart, so that none of one person are joined.
NAMES = st.sampled_from(["Ana Ruiz", "Bo", "Émile Roux", "李 明", "O'Neil-Smith"])
SPANS = st.lists(
    st.tuples(st.integers(400, 5000), st.integers(300, 9000), NAMES), min_size=1, max_size=12
)


def spread(spans: list[tuple[int, int, str]]) -> Entries:
    """Return entries one after another; pauses and lengths are in milliseconds."""
    at, entries = 0, []
    for pause, length, name in spans:
        entries.append(((at + pause) / 1000, (at + pause + length) / 1000, name))
        at += pause + length
    return entries


@pytest.mark.parametrize(("name", "format"), [one for one in FILES if one[1] not in WITHOUT_ENDS])
@settings(max_examples=25, derandomize=True, database=None, deadline=None)
@given(spans=SPANS)
def test_what_a_writer_wrote_is_read(
    name: str, format: str, spans: list[tuple[int, int, str]]
) -> None:
    entries = spread(spans)
    text = text_of(name, entries, lambda *_: "Yes, of course.")

    export = read_timeline(text, format=format, recording_start=START)
    read, _ = timeline_entries(export, entries[-1][1])

    assert [one.name for one in read] == [name for _, _, name in entries]
    assert [one.start for one in read] == pytest.approx([one[0] for one in entries], abs=0.002)
    assert [one.end for one in read] == pytest.approx([one[1] for one in entries], abs=0.002)
