"""The estimated offset of a visual timeline."""

import numpy as np
import pytest

from audio.merge.naming.clock.offset_search import measure_information
from audio.merge.naming.clock.timeline_clock import estimate_clock
from audio.merge.naming.joint_table import Course, course
from audio.merge.values import KnownClock

# The three people talk for different times, so that each shift has a table of its own.
STARTS = np.array([0.0, 5.0, 12.0, 15.0, 24.0, 28.0, 36.0, 39.0])
ENDS = np.array([5.0, 12.0, 15.0, 24.0, 28.0, 36.0, 39.0, 45.0])
PEOPLE = np.array([0, 1, 0, 2, 1, 0, 2, 1])


def shown(late: float) -> Course:
    return course(STARTS + late, ENDS + late, PEOPLE, 3)


@pytest.mark.parametrize("late", [-2.0, 0.0, 0.5, 1.2, 2.9])
def test_a_constant_offset_is_found(late: float) -> None:
    assert estimate_clock(shown(0.0), shown(late)).offset_s == pytest.approx(late)


@pytest.mark.parametrize("late", [-600.0, -20.0, 8.0, 60.0, 600.0])
def test_an_offset_of_any_size_is_found(late: float) -> None:
    assert estimate_clock(shown(0.0), shown(late)).offset_s == pytest.approx(late)


def test_a_far_offset_is_less_probable_by_chance_alone() -> None:
    near, far = (estimate_clock(shown(0.0), shown(late)).tried for late in (2.0, 30.0))

    assert near == 1.0
    assert far > 15.0


def test_an_offset_at_the_edge_of_the_search_is_reported() -> None:
    # The timeline goes on for 20 s after the recording's end, and has its last 20 s.
    starts = np.array([0.0, 3.0, 11.0, 14.0, 20.0, 30.0])
    ends = np.array([3.0, 11.0, 14.0, 20.0, 30.0, 40.0])
    late = course(starts, ends, np.array([1, 0, 2, 1, 0, 2]), 3)

    clock = estimate_clock(shown(0.0), late, known_clock=KnownClock(is_zero_known=False))

    assert clock.offset_s == pytest.approx(-25.0)
    assert clock.is_at_edge
    assert not estimate_clock(shown(0.0), shown(0.5)).is_at_edge


def test_an_unknown_zero_makes_every_offset_as_probable() -> None:
    clock = estimate_clock(shown(0.0), shown(30.0), known_clock=KnownClock(is_zero_known=False))

    assert clock.offset_s == pytest.approx(30.0)
    assert clock.tried > 1.0


def test_a_timeline_without_information_gets_the_expected_offset() -> None:
    one = course(np.array([0.0]), np.array([60.0]), np.array([0]), 1)

    assert estimate_clock(one, one).offset_s == 0.5


def test_two_seconds_of_evidence_do_not_invent_an_offset() -> None:
    speech = course(np.array([0.0, 4.0]), np.array([4.0, 6.0]), np.array([0, 1]), 2)
    shown = course(np.array([7.0]), np.array([9.0]), np.array([0]), 1)

    assert estimate_clock(speech, shown).offset_s == 0.5


def test_a_timeline_that_follows_the_speakers_is_unlikely_by_chance() -> None:
    chance = estimate_clock(shown(0.0), shown(0.5)).chance

    assert chance is not None
    assert chance < 0.05


def test_names_assigned_at_random_are_as_good_as_chance() -> None:
    random = course(STARTS, ENDS, np.array([1, 2, 2, 0, 0, 1, 1, 2]), 3)
    alternating = course(STARTS, ENDS, np.array([0, 1, 0, 1, 0, 1, 0, 1]), 2)

    chance = estimate_clock(alternating, random).chance

    assert chance is not None
    assert chance > 0.1


def test_chance_is_unknown_for_one_speaker() -> None:
    speech = course(np.array([0.0]), np.array([45.0]), np.array([0]), 1)

    assert estimate_clock(speech, shown(0.0)).chance is None


def test_independent_rows_and_columns_have_no_information() -> None:
    assert measure_information(np.array([[4.0, 8.0], [2.0, 4.0]])) == pytest.approx(0.0)


def test_an_empty_table_has_no_information() -> None:
    assert measure_information(np.zeros((2, 2))) == 0.0


def test_the_drift_of_a_long_timeline_is_found() -> None:
    random = np.random.default_rng(3)
    ends = np.cumsum(random.exponential(4.0, 900) + 0.5)
    starts = np.append(0.0, ends[:-1])
    people = random.integers(0, 4, 900)
    speech = course(starts, ends, people, 4)
    fast = course(1.0001 * starts + 0.5, 1.0001 * ends + 0.5, people, 4)

    assert estimate_clock(speech, fast).drift == pytest.approx(1e-4)
    assert estimate_clock(speech, speech).drift == 0.0


def test_one_entry_far_from_all_others_does_not_hide_the_offset() -> None:
    starts, ends = np.append(STARTS + 2.0, 1e9), np.append(ENDS + 2.0, 1e9 + 5.0)
    outlier = course(starts, ends, np.append(PEOPLE, 0), 3)

    clock = estimate_clock(shown(0.0), outlier)

    assert clock.offset_s == pytest.approx(2.0)
