import numpy as np

from cpu_engine.diarization.frame_turns import Turn, find_turns, frame_at, join_turns
from cpu_engine.diarization.segmentation import FRAME_STEP_S


def test_turns_of_one_person_with_a_short_pause_between_are_joined() -> None:
    assert join_turns([Turn(0, 1, 0), Turn(1.2, 2, 0)]) == [Turn(0, 2, 0)]


def test_a_longer_pause_ends_a_turn() -> None:
    turns = [Turn(0, 1, 0), Turn(1.3, 2, 0)]

    assert join_turns(turns) == turns


def test_turns_of_two_people_stay_apart_and_come_by_start() -> None:
    assert join_turns([Turn(1, 2, 0), Turn(0, 1.5, 1)]) == [Turn(0, 1.5, 1), Turn(1, 2, 0)]


def test_frames_of_speech_become_a_turn_that_ends_with_the_recording() -> None:
    speaking = np.zeros((100, 1), bool)
    speaking[50:] = True

    (turn,) = find_turns(speaking, duration_s=1.5)

    assert abs(turn.start - 50 * FRAME_STEP_S) < 0.03
    assert turn.end == 1.5


def test_a_turn_under_0_2_seconds_is_dropped() -> None:
    speaking = np.zeros((100, 1), bool)
    speaking[50:60] = True

    assert find_turns(speaking, duration_s=1.6) == []


def test_times_outside_fall_into_the_first_or_last_frame() -> None:
    assert frame_at(np.array([-1.0, 0.03, 99.0]), 10).tolist() == [0, 0, 9]
