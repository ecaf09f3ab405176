import numpy as np
from numpy.typing import NDArray

from cpu_engine.diarization.local_speakers import LocalVoice, window_coverage
from cpu_engine.diarization.segmentation import Windows
from cpu_engine.diarization.window_stitching import elect, identify

EAST, NORTH = np.eye(2, dtype=np.float32)


def voice(speaker: int, vector: NDArray[np.float32]) -> LocalVoice:
    return LocalVoice(0, speaker, vector, clean_s=1, share_s=1)


def test_two_voices_of_a_window_are_never_one_person() -> None:
    voices = [voice(0, EAST), voice(1, np.array([0.9, 0.4], np.float32))]

    found = identify(voices, np.stack([EAST, NORTH]))

    assert [(v.speaker, person) for v, person in found] == [(0, 0), (1, 1)]


def test_a_surplus_voice_is_dropped() -> None:
    found = identify([voice(0, NORTH), voice(1, EAST)], EAST[None])

    assert [(v.speaker, person) for v, person in found] == [(1, 0)]


def test_the_person_with_most_votes_speaks() -> None:
    votes = np.array([[0.75, 0.25], [1, 1], [0.25, 0], [0, 0]], np.float32)

    assert elect(votes).tolist() == [[True, False], [True, True], [False, False], [False, False]]


def test_four_windows_cover_the_middle_of_a_recording() -> None:
    windows = Windows(np.linspace(0.0, 17.5, 8, dtype=np.float64), np.zeros((8, 589, 3), bool))

    coverage = window_coverage(windows)

    assert coverage[0, 0] == 1
    assert coverage[4, 300] == 4
    assert coverage[7, -1] == 1
