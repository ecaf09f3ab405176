"""How long each name is shown while each speaker talks."""

import numpy as np

from audio.merge.naming.joint_table import (
    NO_GROUP,
    SEVERAL,
    Course,
    course,
    joint_table,
    overlap_table,
)


def course_of(*spans: tuple[float, float, int], count: int = 2) -> Course:
    starts, ends, groups = (np.array(column) for column in zip(*spans, strict=True))
    return course(starts, ends, groups, count)


def test_no_group_is_alone_where_two_overlap_or_none_is_active() -> None:
    speech = course_of((0.0, 2.0, 0), (1.0, 3.0, 1), (5.0, 6.0, 0))

    assert speech.knots.tolist() == [0.0, 1.0, 2.0, 3.0, 5.0, 6.0]
    assert speech.owners.tolist() == [0, SEVERAL, 1, NO_GROUP, 0, NO_GROUP]


def test_spans_of_one_group_that_overlap_are_one() -> None:
    speech = course_of((0.0, 2.0, 1), (1.0, 3.0, 1))

    assert speech.knots.tolist() == [0.0, 3.0]
    assert speech.owners.tolist() == [1, NO_GROUP]


def test_a_span_without_length_is_ignored() -> None:
    speech = course_of((0.0, 2.0, 0), (1.0, 1.0, 1))

    assert speech.owners.tolist() == [0, NO_GROUP]


def test_without_spans_the_course_is_empty() -> None:
    nothing = course(np.array([]), np.array([]), np.array([], dtype=np.intp), 0)

    assert nothing.knots.tolist() == []


def test_time_under_two_names_is_in_no_cell() -> None:
    speech = course_of((0.0, 10.0, 0), count=1)
    shown = course_of((0.0, 4.0, 0), (3.0, 6.0, 1))

    assert joint_table(speech, shown).tolist() == [[3.0, 2.0, 4.0]]


def test_time_of_two_speakers_is_in_no_cell() -> None:
    speech = course_of((0.0, 6.0, 0), (4.0, 10.0, 1))
    shown = course_of((0.0, 10.0, 0), count=1)

    assert joint_table(speech, shown).tolist() == [[4.0, 0.0], [4.0, 0.0]]


def test_a_late_timeline_is_moved_earlier_by_its_offset() -> None:
    speech = course_of((0.0, 4.0, 0), count=1)
    shown = course_of((1.1, 5.1, 0), count=1)

    assert joint_table(speech, shown, 1.1).round(9).tolist() == [[4.0, 0.0]]


def test_an_offset_without_a_binary_fraction_loses_no_time() -> None:
    speech = course_of((0.1, 0.4, 0), (0.4, 0.7, 1))
    shown = course_of((0.4, 0.7, 0), (0.7, 1.0, 1))

    assert joint_table(speech, shown, 0.3).round(9).tolist() == [[0.3, 0.0, 0.0], [0.0, 0.3, 0.0]]


def test_the_overlap_table_counts_overlapping_entries_too() -> None:
    speech = (np.array([0.0]), np.array([10.0]), np.array([0]))
    shown = (np.array([0.0, 3.0]), np.array([4.0, 6.0]), np.array([0, 1]))

    assert overlap_table(speech, shown, (1, 2)).tolist() == [[4.0, 3.0]]
