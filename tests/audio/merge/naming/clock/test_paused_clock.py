"""Timelines of recordings that were paused, moved, or both."""

import numpy as np
import pytest

from audio.merge.values import TimelineEntry
from tests.audio.merge.naming.paused_meetings import (
    LATE_S,
    PEOPLE,
    drawn_turns,
    named,
    names_of,
    pieces_of,
    recorded,
    shown,
)

PAUSES = {
    0: [],
    1: [(180.0, 260.0)],
    2: [(150.0, 170.0), (340.0, 900.0)],
    3: [(130.0, 160.0), (290.0, 700.0), (840.0, 900.0)],
}


@pytest.mark.parametrize("offset", [-600.0, -60.0, -20.0, -5.0, 0.0, 5.0, 20.0, 60.0, 600.0])
def test_names_are_right_at_any_offset(offset: float) -> None:
    turns = drawn_turns(150.0)

    naming = named(turns, shown(turns, offset=offset))

    assert names_of(naming) == PEOPLE
    assert [late for _, late in pieces_of(naming)] == pytest.approx([offset + LATE_S], abs=0.5)


@pytest.mark.parametrize("offset", [-600.0, 0.0, 600.0])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_pauses_are_found_and_names_are_right(count: int, offset: float) -> None:
    pauses = PAUSES[count]
    turns = drawn_turns(600.0 + sum(end - start for start, end in pauses))

    naming = named(recorded(turns, pauses), shown(turns, offset=offset, drift=1e-4))

    hidden = np.cumsum([0.0] + [end - start for start, end in pauses])
    starts = [0.0, *(start - before for (start, _), before in zip(pauses, hidden, strict=False))]
    assert names_of(naming) == PEOPLE
    assert [start for start, _ in pieces_of(naming)] == pytest.approx(starts, abs=10.0)
    assert [late for _, late in pieces_of(naming)] == pytest.approx(
        hidden + offset + LATE_S, abs=0.7
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_recording_without_pauses_is_one_piece(seed: int) -> None:
    turns = drawn_turns(600.0, seed)
    entries = shown(turns)
    kept = [entry for at, entry in enumerate(entries) if at % 4]

    assert len(pieces_of(named(turns, kept))) == 1


def test_entries_in_a_pause_are_not_used() -> None:
    turns = drawn_turns(700.0)
    entries = shown(turns)
    inside = TimelineEntry(300.0, 399.0, "Eve")

    naming = named(recorded(turns, [(300.0, 400.0)]), [*entries, inside])

    assert naming.timeline is not None
    assert all(one.name != "Eve" or one.end - one.start < 10.0 for one in naming.timeline.entries)


# Where one in 20 is accepted, 95 of 100 samples have no more than this.
@pytest.mark.parametrize(("length_s", "count", "most"), [(60.0, 40, 4), (300.0, 20, 3)])
def test_the_timeline_of_another_meeting_seldom_gives_a_name(
    length_s: float, count: int, most: int
) -> None:
    is_named = [_is_named_by_another(length_s, seed) for seed in range(count)]

    assert sum(is_named) <= most


def _is_named_by_another(length_s: float, seed: int) -> bool:
    offset = float(np.random.default_rng(seed).uniform(-600.0, 600.0))
    other = shown(drawn_turns(length_s, seed + 500), offset=offset)
    naming = named(drawn_turns(length_s, seed + 100), other)
    return any(one.source != "unmatched" for one in naming.speakers)
