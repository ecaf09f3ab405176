import numpy as np

from cpu_engine.diarization.turn_relabelling import closest


def test_another_person_wins_by_more_than_the_margin_only() -> None:
    assert closest(np.array([0.5, 0.66], np.float32), given=0) == 1
    assert closest(np.array([0.5, 0.64], np.float32), given=0) == 0


def test_the_closest_person_keeps_a_turn() -> None:
    assert closest(np.array([0.9, 0.1], np.float32), given=0) == 0
