"""Where speech begins and ends."""

import numpy as np
import pytest

from audio.realtime.voice_activity import (
    WINDOW,
    Boundary,
    TurnDetection,
    TurnDetector,
    VoiceActivity,
)
from tests.conftest import CLINIC
from tests.recordings import samples_of

# A pause of two windows.
RULE = TurnDetection(threshold=0.5, silence_duration_ms=64)


def boundaries(*probabilities: float, rule: TurnDetection = RULE) -> list[Boundary]:
    """Return the boundaries in windows of these probabilities."""
    detector = TurnDetector(rule)
    ends = range(WINDOW, (len(probabilities) + 1) * WINDOW, WINDOW)
    found = map(detector.advance, probabilities, ends)
    return [one for one in found if one is not None]


def test_speech_starts_with_the_first_of_two_windows() -> None:
    assert boundaries(0.1, 0.9, 0.9) == [Boundary("started", WINDOW)]


def test_a_click_is_no_speech() -> None:
    assert boundaries(0.1, 0.9, 0.1, 0.9, 0.1) == []


def test_speech_ends_with_the_last_window_of_a_pause() -> None:
    found = boundaries(0.9, 0.9, 0.1, 0.1)

    assert found == [Boundary("started", 0), Boundary("stopped", 4 * WINDOW)]


def test_a_shorter_pause_ends_nothing() -> None:
    assert boundaries(0.9, 0.9, 0.1, 0.9, 0.1) == [Boundary("started", 0)]


def test_a_dip_in_a_word_is_no_pause() -> None:
    assert boundaries(0.9, 0.9, 0.4, 0.4, 0.4) == [Boundary("started", 0)]


def test_a_threshold_of_zero_still_ends_in_silence() -> None:
    rule = TurnDetection(threshold=0.0, silence_duration_ms=0)

    assert [one.kind for one in boundaries(0.0, 0.0, 0.0, rule=rule)] == ["started", "stopped"]


@pytest.mark.parametrize(("milliseconds", "windows"), [(0, 1), (32, 1), (350, 11), (500, 16)])
def test_a_pause_is_counted_in_windows(milliseconds: int, windows: int) -> None:
    assert TurnDetection(silence_duration_ms=milliseconds).silent_windows == windows


def test_silence_and_a_hum_are_no_speech() -> None:
    hum = (np.sin(np.arange(48_000) * 2 * np.pi * 50 / 16_000) * 8000).astype(np.int16)
    activity = VoiceActivity(TurnDetection(), 0)

    heard = [*activity.feed(np.zeros(48_000, np.int16)), *activity.feed(hum)]

    assert {boundary for boundary, _ in heard} == {None}


def test_speech_is_found_whatever_the_size_of_the_messages() -> None:
    samples = samples_of(CLINIC / "mic.flac")[: 16_000 * 12]
    whole, pieces = VoiceActivity(TurnDetection(), 0), VoiceActivity(TurnDetection(), 0)

    at_once = list(whole.feed(samples))
    in_pieces = [heard for piece in np.array_split(samples, 97) for heard in pieces.feed(piece)]

    assert in_pieces == at_once
    assert [boundary.kind for boundary, _ in at_once if boundary][:2] == ["started", "stopped"]
