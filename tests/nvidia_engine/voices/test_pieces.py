import numpy as np
import pytest
from numpy.typing import NDArray

from nvidia_engine.voices.pieces import clean_pieces


def activity(frames: int, **spans: tuple[int, int]) -> NDArray[np.uint8]:
    """Two heads, `a` and `b`, each active in a span of frames of 0.1 s."""
    heads = np.zeros((frames, 2), np.uint8)
    for name, (start, end) in spans.items():
        heads[start:end, "ab".index(name)] = 255
    return heads


def test_a_piece_is_within_the_speech_of_one_speaker() -> None:
    [piece] = clean_pieces(activity(60, a=(10, 50)), 0, 0.1)

    assert piece == pytest.approx((1.1, 4.9))


def test_seconds_in_which_another_speaks_are_left_out() -> None:
    pieces = clean_pieces(activity(100, a=(0, 90), b=(40, 50)), 0, 0.1)

    assert [round(end, 1) for _, end in pieces] == [3.9, 8.9]


def test_a_long_stretch_is_cut_evenly() -> None:
    pieces = clean_pieces(activity(300, a=(0, 202)), 0, 0.1)

    assert [round(end - start, 2) for start, end in pieces] == [6.67, 6.67, 6.67]


def test_a_stretch_of_half_a_second_is_no_piece() -> None:
    assert clean_pieces(activity(60, a=(10, 16)), 0, 0.1) == []


def test_a_minute_is_enough_and_comes_from_the_whole_recording() -> None:
    pieces = clean_pieces(activity(6_000, a=(0, 6_000)), 0, 0.1)

    assert sum(end - start for start, end in pieces) <= 68
    assert pieces[-1][1] > 500


def test_a_head_that_never_speaks_has_no_pieces() -> None:
    assert clean_pieces(activity(60, a=(10, 50)), 1, 0.1) == []
