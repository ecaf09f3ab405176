"""The estimated offset of a visual timeline."""

import numpy as np
import pytest

from audio.merge.naming.clock import estimate_clock, measure_information
from audio.merge.naming.joint_table import Course, course

# The three people talk for different times, so that each shift has a table of its own.
STARTS = np.array([0.0, 5.0, 12.0, 15.0, 24.0, 28.0, 36.0, 39.0])
ENDS = np.array([5.0, 12.0, 15.0, 24.0, 28.0, 36.0, 39.0, 45.0])
PEOPLE = np.array([0, 1, 0, 2, 1, 0, 2, 1])


def shown(late: float) -> Course:
    return course(STARTS + late, ENDS + late, PEOPLE, 3)


@pytest.mark.parametrize("late", [-2.0, 0.0, 0.5, 1.2, 2.9])
def test_a_constant_offset_is_found(late: float) -> None:
    assert estimate_clock(shown(0.0), shown(late)).offset_s == pytest.approx(late)


def test_an_offset_beyond_3_s_is_not_searched() -> None:
    assert abs(estimate_clock(shown(0.0), shown(8.0)).offset_s) <= 3.0


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
    assert chance < 0.001


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
