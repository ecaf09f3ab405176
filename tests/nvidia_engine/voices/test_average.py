import numpy as np
import pytest

from nvidia_engine.voices.average import Vector, average

EAST, NORTH = np.array([1, 0, 0], np.float32), np.array([0, 1, 0], np.float32)
HALFWAY = np.array([1, 1, 0], np.float32)


def test_an_embedding_has_length_one() -> None:
    vector = average([EAST * 7, EAST * 2], [2.0, 3.0])

    assert vector == pytest.approx([1, 0, 0])


def test_longer_pieces_weigh_more() -> None:
    vector = average([EAST, HALFWAY], [8.0, 2.0])

    assert vector is not None
    assert vector[0] > vector[1] > 0


def test_a_piece_of_another_voice_is_left_out() -> None:
    vector = average([EAST, EAST, EAST, NORTH], [3.0] * 4)

    assert vector == pytest.approx([1, 0, 0])


def test_two_pieces_stay_however_different() -> None:
    vector = average([EAST, -EAST + NORTH], [3.0, 1.0])

    assert vector is not None


@pytest.mark.parametrize("bad", [np.full(3, np.nan, np.float32), np.zeros(3, np.float32)])
def test_a_piece_without_a_direction_is_left_out(bad: Vector) -> None:
    assert average([EAST, bad], [3.0, 3.0]) == pytest.approx([1, 0, 0])
    assert average([bad], [9.0]) is None


def test_too_little_speech_has_no_embedding() -> None:
    assert average([EAST, EAST], [0.7, 0.7]) is None


def test_opposite_voices_have_no_embedding() -> None:
    assert average([EAST, -EAST], [2.0, 2.0]) is None
