"""The evidence of a visual timeline for every name of every speaker."""

import numpy as np
import pytest

from audio.merge.naming.timeline_evidence import Timeline, read_timeline
from audio.merge.values import TimelineEntry
from tests.audio.merge.recordings import diarization, turns

DIARIZED = diarization((0.0, 10.0, "A"), (10.0, 20.0, "B"))


def timeline_of(*entries: TimelineEntry) -> Timeline:
    return read_timeline(DIARIZED.speakers, DIARIZED.turns, entries)


def test_a_name_that_follows_its_speaker_has_all_the_time() -> None:
    timeline = timeline_of(TimelineEntry(0.0, 10.0, "Ann"), TimelineEntry(10.0, 20.0, "Bob"))

    assert timeline.names == ("Ann", "Bob")
    assert timeline.exclusive.tolist() == [[10.0, 0.0], [0.0, 10.0]]


def test_time_under_two_names_counts_a_tenth() -> None:
    timeline = timeline_of(TimelineEntry(-5.0, 25.0, "Ann"), TimelineEntry(5.0, 15.0, "Bob"))

    assert timeline.exclusive.tolist() == [[5.0, 0.0], [5.0, 0.0]]
    assert timeline.seconds.tolist() == [[5.5, 0.5], [5.5, 0.5]]


def test_a_name_shown_equally_for_all_speakers_has_no_weight() -> None:
    timeline = timeline_of(TimelineEntry(-5.0, 25.0, "Ann"))

    assert timeline.weight == pytest.approx(np.zeros((2, 1)))


def test_a_name_shown_less_than_for_others_has_negative_weight() -> None:
    timeline = timeline_of(TimelineEntry(0.0, 10.0, "Ann"), TimelineEntry(14.0, 16.0, "Ann"))

    assert timeline.weight[0, 0] > 2
    assert timeline.weight[1, 0] < 0


def test_a_long_run_weighs_no_more_than_one_and_a_half_observations() -> None:
    long = read_timeline(
        ("A", "B"), turns((0.0, 100.0, "A"), (100.0, 200.0, "B")), [TimelineEntry(0, 100, "Ann")]
    )
    many = [TimelineEntry(at, at + 8, "Ann") for at in range(0, 100, 10)]
    often = read_timeline(("A", "B"), turns((0.0, 100.0, "A"), (100.0, 200.0, "B")), many)

    assert 0 < long.weight[0, 0] < 1.5 * np.log(400)
    assert often.weight[0, 0] > 5 * long.weight[0, 0]


def test_a_second_bearer_of_a_name_does_not_count_against_it() -> None:
    room = [TimelineEntry(at, at + 4, "Room") for at in (0.0, 10.0, 20.0, 30.0)]
    spoken = turns((0, 4, "A"), (10, 14, "B"), (20, 24, "A"), (30, 34, "B"), (40, 60, "C"))

    timeline = read_timeline(("A", "B", "C"), spoken, room)

    assert (timeline.weight[:2, 0] > 4).all()


def test_blank_names_and_entries_without_length_do_not_count() -> None:
    timeline = timeline_of(TimelineEntry(0.0, 10.0, " "), TimelineEntry(3.0, 3.0, "Ann"))

    assert timeline.names == ()


def test_a_time_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="times must be finite"):
        timeline_of(TimelineEntry(0.0, np.nan, "Ann"))


def test_a_turn_that_ends_before_it_starts_is_ignored() -> None:
    backwards = diarization((0.0, 10.0, "A"), (10.0, 20.0, "B"), (18.0, 12.0, "A"))
    entries = [TimelineEntry(0.0, 10.0, "Ann"), TimelineEntry(10.0, 20.0, "Bob")]

    timeline = read_timeline(backwards.speakers, backwards.turns, entries)

    assert timeline.seconds.tolist() == [[10.0, 0.0], [0.0, 10.0]]


def test_a_display_that_is_held_through_another_persons_talk_begins_elsewhere() -> None:
    timeline = timeline_of(TimelineEntry(0.0, 20.0, "Ann"))

    assert timeline.begun.tolist() == [[2.0], [0.0]]


def test_a_display_that_lights_for_both_speakers_begins_for_both() -> None:
    timeline = timeline_of(TimelineEntry(2.0, 8.0, "Ann"), TimelineEntry(12.0, 18.0, "Ann"))

    assert timeline.begun.tolist() == [[1.0], [1.0]]


def test_a_room_is_known_by_its_entries() -> None:
    timeline = timeline_of(
        TimelineEntry(0.0, 8.0, "Room", room=True), TimelineEntry(9.0, 12.0, "Ann")
    )

    assert timeline.rooms.tolist() == [True, False]
