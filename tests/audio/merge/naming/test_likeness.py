"""How alike fingerprints are."""

import numpy as np

from audio.merge.naming.voice_similarity import compare_speakers, compare_with_voices
from audio.merge.values import NO_VOICES, Voices
from tests.audio.merge.recordings import axis


def test_of_several_prints_of_one_name_the_best_counts() -> None:
    known = Voices(("Ann", "Ann"), np.stack([axis(0), axis(1)]))

    names, table = compare_with_voices(["A"], {"A": axis(1)}, [known])

    assert names == ("Ann",)
    assert table.tolist() == [[1.0]]


def test_names_of_two_libraries_stand_side_by_side() -> None:
    libraries = [Voices(("Ann",), axis(0)[None]), Voices(("Sam",), axis(3)[None])]

    names, table = compare_with_voices(["A"], {"A": axis(3)}, libraries)

    assert names == ("Ann", "Sam")
    assert table.tolist() == [[0.0, 1.0]]


def test_a_print_of_another_length_is_not_compared() -> None:
    _, table = compare_with_voices(["A"], {"A": axis(0)}, [Voices(("Ann",), np.ones((1, 2)))])

    assert table.tolist() == [[-np.inf]]


def test_a_print_of_zeros_is_like_nobody() -> None:
    _, table = compare_with_voices(["A"], {"A": np.zeros(4)}, [Voices(("Ann",), axis(0)[None])])

    assert table.tolist() == [[-np.inf]]


def test_no_known_voices_make_a_table_without_columns() -> None:
    names, table = compare_with_voices(["A"], {"A": axis(0)}, [NO_VOICES])

    assert names == ()
    assert table.shape == (1, 0)


def test_speakers_are_compared_with_each_other() -> None:
    table = compare_speakers(["A", "B"], {"A": axis(0), "B": np.array([3.0, 4.0, 0.0, 0.0])})

    assert table.round(9).tolist() == [[1.0, 0.6], [0.6, 1.0]]


def test_a_speaker_without_fingerprint_is_like_itself_alone() -> None:
    table = compare_speakers(["A", "B"], {"B": axis(0)})

    assert table.tolist() == [[1.0, -np.inf], [-np.inf, 1.0]]
