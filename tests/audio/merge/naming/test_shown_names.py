"""Which name is shown while somebody talks."""

from audio.merge.naming.overlap import ShownName, find_shown_names
from audio.merge.values import TimelineEntry
from tests.audio.merge.recordings import turns


def test_hints_of_one_name_that_overlap_count_once() -> None:
    entries = [
        TimelineEntry(0.0, 6.0, "Ann"),
        TimelineEntry(2.0, 8.0, "Ann"),
        TimelineEntry(0.0, 6.0, "Ann"),
    ]

    assert find_shown_names(turns((0.0, 10.0, "A")), entries) == {"A": ShownName("Ann", 0.8)}


def test_a_name_repeated_often_does_not_beat_one_shown_longer() -> None:
    entries = [
        TimelineEntry(0.0, 4.0, "Ann"),
        TimelineEntry(0.0, 4.0, "Ann"),
        TimelineEntry(4.0, 9.0, "Bob"),
    ]

    assert find_shown_names(turns((0.0, 10.0, "A")), entries) == {"A": ShownName("Bob", 0.5)}


def test_of_equal_names_the_one_shown_first_in_time_wins() -> None:
    entries = [TimelineEntry(5.0, 10.0, "Bob"), TimelineEntry(0.0, 5.0, "Ann")]

    assert find_shown_names(turns((0.0, 10.0, "A")), entries) == {"A": ShownName("Ann", 0.5)}


def test_being_shown_before_the_speaker_talks_is_not_being_first() -> None:
    entries = [
        TimelineEntry(0.0, 5.0, "Ann"),
        TimelineEntry(5.0, 6.0, "Bob"),
        TimelineEntry(6.0, 7.0, "Ann"),
    ]

    assert find_shown_names(turns((5.0, 7.0, "A")), entries) == {"A": ShownName("Bob", 0.5)}


def test_of_equal_names_shown_together_the_one_listed_first_wins() -> None:
    entries = [TimelineEntry(0.0, 5.0, "Bob"), TimelineEntry(0.0, 5.0, "Ann")]

    assert find_shown_names(turns((0.0, 10.0, "A")), entries) == {"A": ShownName("Bob", 0.5)}


def test_equal_sums_in_binary_fractions_are_equal() -> None:
    entries = [
        TimelineEntry(0.0, 0.3, "Ann"),
        TimelineEntry(0.3, 0.4, "Bob"),
        TimelineEntry(0.4, 0.6, "Bob"),
    ]

    assert find_shown_names(turns((0.0, 0.6, "A")), entries)["A"].name == "Ann"


def test_a_hint_that_only_touches_a_turn_shows_nobody() -> None:
    assert find_shown_names(turns((1.0, 2.0, "A")), [TimelineEntry(2.0, 3.0, "Ann")]) == {}


def test_without_hints_nobody_is_shown() -> None:
    assert find_shown_names(turns((1.0, 2.0, "A")), []) == {}


def test_a_turn_without_length_shows_nobody() -> None:
    assert find_shown_names(turns((1.0, 1.0, "A")), [TimelineEntry(0.0, 3.0, "Ann")]) == {}
