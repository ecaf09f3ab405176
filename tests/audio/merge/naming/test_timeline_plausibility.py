"""Timelines in another unit or with another origin than their recording."""

import pytest

from audio.merge.naming.timeline_plausibility import check_place, check_units
from audio.merge.values import TimelineEntry


def shown(*spans: tuple[float, float], name: str = "Ann") -> list[TimelineEntry]:
    return [TimelineEntry(start, end, name) for start, end in spans]


TURNS = shown((0.0, 6.0), (6.0, 9.0), (9.0, 12.0))


def in_unit(per_second: float) -> list[TimelineEntry]:
    return [TimelineEntry(e.start * per_second, e.end * per_second, e.name) for e in TURNS]


@pytest.mark.parametrize("per_second", [1e3, 1e6, 1e9])
def test_a_smaller_unit_is_read_as_seconds(per_second: float) -> None:
    found = check_units(in_unit(per_second), 12.0, is_converted=True)

    assert found.entries == tuple(TURNS)
    assert [notice.code for notice in found.notices] == ["timeline_milliseconds"]


def test_a_smaller_unit_is_left_out_where_times_are_not_converted() -> None:
    found = check_units(in_unit(1e3), 12.0, is_converted=False)

    assert found.entries == ()
    assert [notice.code for notice in found.notices] == ["timeline_milliseconds"]


@pytest.mark.parametrize("seconds_each", [60.0, 1e3, 3600.0])
def test_a_larger_unit_is_left_out(seconds_each: float) -> None:
    found = check_units(in_unit(1 / seconds_each), 12.0, is_converted=True)

    assert found.entries == ()
    assert [notice.code for notice in found.notices] == ["timeline_first_moments"]


@pytest.mark.parametrize(
    ("entries", "length_s"),
    [
        (TURNS, 12.0),
        (shown((0, 6), (6, 14)), 12.0),
        (shown((3, 9)), 3600.0),
        (shown((0, 4), (50, 55)), 3600.0),
        (shown((0, 7200)), 3600.0),
        (shown((0.0, 0.4)), 3600.0),
        (shown(*((at * 5, at * 5 + 5) for at in range(720))), 60.0),
        (shown((0, 0)), 12.0),
        (shown((0, 6000), name=" "), 12.0),
        ([], 12.0),
        (in_unit(1e3), 0.0),
    ],
    ids=[
        "in time",
        "a little beyond the end",
        "one entry",
        "long without entries",
        "twice as long",
        "one short entry",
        "an hour's timeline of a minute",
        "no length",
        "no name",
        "empty",
        "unknown length",
    ],
)
def test_a_timeline_that_may_be_in_seconds_is_unchanged(
    entries: list[TimelineEntry], length_s: float
) -> None:
    found = check_units(entries, length_s, is_converted=True)

    assert (found.entries, found.notices) == (tuple(entries), ())


@pytest.mark.parametrize(
    ("entries", "place"),
    [
        (shown((70, 80), (90, 95)), "begins 10.0 s after its end"),
        (shown((-9, -4)), "ends 4.0 s before its start"),
        (shown((-9, -4), (62, 65)), "begins 2.0 s after its end"),
        (shown((1.79e9, 1.79e9 + 6)), "begins 1789999940.0 s after its end"),
    ],
)
def test_a_timeline_outside_the_recording_is_reported_with_its_distance(
    entries: list[TimelineEntry], place: str
) -> None:
    [notice] = check_place(entries, 60.0, None)

    assert notice.code == "timeline_outside"
    assert place in notice.message


@pytest.mark.parametrize("entries", [shown((55, 90)), shown((-5, 1)), [], shown((70, 70))])
def test_a_timeline_partly_inside_or_without_entries_is_not_reported(
    entries: list[TimelineEntry],
) -> None:
    assert check_place(entries, 60.0, None) == ()


def test_a_timeline_that_its_offset_brings_inside_is_not_reported() -> None:
    assert check_place(shown((601, 650)), 60.0, 600.0) == ()


def test_an_offset_of_days_is_another_origin() -> None:
    entries = shown((1.79e9 + 1, 1.79e9 + 6))

    assert [notice.code for notice in check_place(entries, 60.0, 1.79e9)] == ["timeline_outside"]
