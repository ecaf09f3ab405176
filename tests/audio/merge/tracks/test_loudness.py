"""The level of a track in each window."""

import numpy as np
import pytest

from audio.merge.tracks.loudness import Track, measure_levels
from tests.audio.merge.recordings import track


def test_an_array_longer_than_a_buffer_is_read_completely() -> None:
    long = track((0.25, 100.0), (0.5, 100.0))

    levels = measure_levels(long, np.array([50.0, 150.0]), np.array([70.0, 170.0]))

    assert levels.rms.tolist() == [0.25, 0.5]
    assert levels.duration == 200.0


def test_a_constant_offset_is_silence() -> None:
    hum = track((0.0, 1.0), offset=0.1)

    assert measure_levels(hum, np.array([0.0]), np.array([0.9])).rms.tolist() == [0.0]


def test_an_offset_does_not_make_speech_louder() -> None:
    speech = track((0.25, 1.0), offset=0.5)

    assert measure_levels(speech, np.array([0.0]), np.array([1.0])).rms.tolist() == [0.25]


def test_only_the_part_of_a_window_inside_the_track_counts() -> None:
    short = track((0.5, 1.0))

    assert measure_levels(short, np.array([0.5]), np.array([3.0])).rms.tolist() == [0.5]


def test_a_window_outside_the_track_is_silent() -> None:
    short = track((0.5, 1.0))

    assert measure_levels(short, np.array([1.0]), np.array([2.0])).rms.tolist() == [0.0]


def test_a_broken_sample_silences_only_its_own_window() -> None:
    samples = np.tile([0.5, -0.5], 500).astype(np.float32)
    samples[100] = np.nan

    levels = measure_levels(
        Track(1000, lambda: [samples]), np.array([0.0, 0.5]), np.array([0.5, 1.0])
    )

    assert levels.rms.tolist() == [0.0, 0.5]


def test_an_empty_track_is_silent() -> None:
    nothing = Track(16_000, list)

    levels = measure_levels(nothing, np.array([0.0]), np.array([1.0]))

    assert (levels.rms.tolist(), levels.duration) == ([0.0], 0.0)


def test_without_windows_the_length_is_still_known() -> None:
    assert measure_levels(track((0.5, 2.0)), np.empty(0), np.empty(0)).duration == 2.0


def test_a_track_without_sample_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="got 0 Hz"):
        measure_levels(Track(0, list), np.empty(0), np.empty(0))
