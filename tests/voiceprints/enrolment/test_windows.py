"""Tests of the windows in which one speaker talks alone."""

import pytest

from audio.merge.values import Span, Turn
from voiceprints.enrolment.windows import clean_windows, clip_turns, even_windows, spread_evenly


def test_a_turn_becomes_windows_of_three_seconds_away_from_its_edges() -> None:
    assert clean_windows([Turn(10.0, 16.5, "A")]) == (Span(10.25, 13.25), Span(13.25, 16.25))


def test_a_turn_without_room_for_edges_is_used_whole() -> None:
    assert clean_windows([Turn(0.0, 1.75, "A")]) == (Span(0.0, 1.75),)


def test_a_turn_that_is_too_short_is_not_used() -> None:
    assert clean_windows([Turn(0.0, 1.25, "A")]) == ()


def test_overlapping_speech_has_no_window() -> None:
    talk = [Turn(0.0, 4.0, "A"), Turn(2.0, 6.0, "B")]

    assert clean_windows(talk) == (Span(0.25, 1.75), Span(4.25, 5.75))


def test_overlapping_turns_of_one_speaker_are_one_span() -> None:
    assert clean_windows([Turn(0.0, 2.0, "A"), Turn(1.0, 3.5, "A")]) == (Span(0.25, 3.25),)


def test_no_turns_have_no_windows() -> None:
    assert clean_windows([]) == ()


def test_a_span_is_divided_evenly_without_a_rest() -> None:
    assert list(even_windows(Span(0.0, 5.0))) == [Span(0.0, 2.5), Span(2.5, 5.0)]


def test_turns_are_cut_to_a_span() -> None:
    turns = [Turn(0.0, 2.0, "A"), Turn(3.0, 9.0, "B"), Turn(9.0, 10.0, "C")]

    assert clip_turns(turns, Span(1.0, 8.0)) == (Turn(1.0, 2.0, "A"), Turn(3.0, 8.0, "B"))


@pytest.mark.parametrize(("most", "chosen"), [(9, [0, 1, 2, 3, 4]), (3, [0, 2, 4]), (1, [0])])
def test_items_are_chosen_evenly_from_first_to_last(most: int, chosen: list[int]) -> None:
    assert spread_evenly([0, 1, 2, 3, 4], most) == chosen
