"""The evidence of a visual timeline for every name of every speaker."""

import numpy as np
import pytest

from audio.merge.naming.timeline_evidence import Timeline, read_timeline
from audio.merge.values import TimelineEntry
from tests.audio.merge.recordings import diarization

DIARIZED = diarization((0.0, 10.0, "A"), (10.0, 20.0, "B"))


def timeline_of(*entries: TimelineEntry) -> Timeline:
    return read_timeline(DIARIZED.speakers, DIARIZED.turns, entries)


def test_a_name_that_follows_its_speaker_has_all_the_time() -> None:
    # As late as expected, so that the estimated offset removes exactly the delay.
    timeline = timeline_of(TimelineEntry(0.5, 10.5, "Ann"), TimelineEntry(10.5, 20.5, "Bob"))

    assert timeline.names == ("Ann", "Bob")
    assert timeline.exclusive.tolist() == [[10.0, 0.0], [0.0, 10.0]]


def test_time_under_two_names_counts_a_tenth() -> None:
    timeline = timeline_of(TimelineEntry(-5.0, 25.0, "Ann"), TimelineEntry(5.5, 15.5, "Bob"))

    assert timeline.clock is not None
    assert timeline.clock.offset_s == 0.5
    assert timeline.exclusive.tolist() == [[5.0, 0.0], [5.0, 0.0]]
    assert timeline.seconds.tolist() == [[5.5, 0.5], [5.5, 0.5]]


def test_a_name_shown_equally_for_all_speakers_has_no_weight() -> None:
    timeline = timeline_of(TimelineEntry(-5.0, 25.0, "Ann"))

    assert timeline.weight == pytest.approx(np.zeros((2, 1)))


def test_a_name_shown_less_than_for_others_has_negative_weight() -> None:
    timeline = timeline_of(TimelineEntry(0.5, 10.5, "Ann"), TimelineEntry(14.5, 16.5, "Ann"))

    assert timeline.weight[0, 0] > 10 / 2.7
    assert timeline.weight[1, 0] < 0


def test_blank_names_and_entries_without_length_do_not_count() -> None:
    timeline = timeline_of(TimelineEntry(0.0, 10.0, " "), TimelineEntry(3.0, 3.0, "Ann"))

    assert timeline.names == ()
    assert timeline.clock is None


def test_a_time_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="times must be finite"):
        timeline_of(TimelineEntry(0.0, np.nan, "Ann"))


def test_a_turn_that_ends_before_it_starts_is_ignored() -> None:
    backwards = diarization((0.0, 10.0, "A"), (10.0, 20.0, "B"), (18.0, 12.0, "A"))
    entries = [TimelineEntry(0.5, 10.5, "Ann"), TimelineEntry(10.5, 20.5, "Bob")]

    timeline = read_timeline(backwards.speakers, backwards.turns, entries)

    assert timeline.seconds.tolist() == [[10.0, 0.0], [0.0, 10.0]]
