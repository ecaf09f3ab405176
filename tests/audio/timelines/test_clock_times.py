"""Times as exports write them."""

import pytest

from audio.timelines.clock_times import (
    format_instant,
    parse_clock,
    parse_iso,
    parse_recording_start,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:00:05.320", 5.32),
        ("01:02.500", 62.5),
        ("0:0:5.320", 5.32),
        ("0:0:0.0", 0.0),
        ("0:0:5.5", 5.5),
        ("00:00:01,130", 1.13),
        ("100:00:00", 360000.0),
        ("-00:00:02.120", -2.12),
        ("5.32", None),
        ("00:00:0x", None),
        ("", None),
    ],
)
def test_clock_text_has_hours_minutes_and_a_fraction(text: str, seconds: float | None) -> None:
    assert parse_clock(text) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:01:00Z", 60.0),
        ("1970-01-01T00:01:00", 60.0),
        ("1970-01-01T02:01:00.5+02:00", 60.5),
        ("1970-01-01T00:01:00.2500000Z", 60.25),
        ("yesterday", None),
        ("1970-13-01T00:00:00Z", None),
        ("12", None),
    ],
)
def test_iso_8601_has_a_zone_or_is_in_utc(text: str, seconds: float | None) -> None:
    assert parse_iso(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["2026-03-02T09:00:00.250Z", "1772442000.25", "1772442000250", "2026-03-02 09:00:00.25"],
)
def test_the_recording_starts_at_one_instant_in_every_spelling(text: str) -> None:
    assert parse_recording_start(text) == 1772442000.25


@pytest.mark.parametrize("text", ["", "soon", "nan", "inf", "1e300", "-1e15", "{}"])
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected ISO 8601 or epoch seconds"):
        parse_recording_start(text)


def test_an_instant_is_written_with_milliseconds() -> None:
    assert format_instant(1772442000.25) == "2026-03-02T09:00:00.250Z"
