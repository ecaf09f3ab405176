"""The similarity of embeddings to known voices, and to each other."""

import numpy as np
import pytest

from audio.merge.naming.voices.voice_similarity import (
    Match,
    check_dimensions,
    compare_speakers,
    compare_with_voices,
    find_nearest_voices,
)
from audio.merge.values import NO_VOICES, Voices
from tests.audio.merge.recordings import axis


def test_several_embeddings_of_one_name_are_one_person_with_the_best_similarity() -> None:
    voices = Voices(("Ann", "Bob", "Ann"), np.stack([axis(1), axis(2), axis(0)]))

    assert find_nearest_voices({"A": axis(0)}, [voices]) == {"A": Match("Ann", 1.0)}


def test_equal_directions_of_any_scale_are_a_tie_for_the_first() -> None:
    direction = np.array([0.1, 0.2, 0.3, 0.4])
    voices = Voices(("First", "Second"), np.stack([direction * 3, direction / 7]))

    assert find_nearest_voices({"A": direction}, [voices])["A"].name == "First"


def test_a_tie_between_libraries_goes_to_the_first() -> None:
    libraries = [Voices(("Ann",), axis(0)[None]), Voices(("Bob",), axis(0, 5.0)[None])]

    assert find_nearest_voices({"A": axis(0)}, libraries)["A"].name == "Ann"


def test_a_zero_vector_matches_no_embedding() -> None:
    voices = Voices(("Zero",), np.zeros((1, 4)))

    assert find_nearest_voices({"A": axis(0)}, [voices]) == {}


def test_a_zero_embedding_matches_no_voice() -> None:
    assert find_nearest_voices({"A": np.zeros(4)}, [Voices(("Ann",), axis(0)[None])]) == {}


def test_voices_of_another_length_are_not_searched() -> None:
    assert find_nearest_voices({"A": np.ones(3)}, [Voices(("Ann",), np.ones((1, 4)))]) == {}


def test_voices_of_another_length_give_a_warning() -> None:
    [notice] = check_dimensions([np.ones(3)], Voices(("Ann",), np.ones((1, 4))))

    assert notice.code == "voiceprints_skipped"
    assert "4 numbers" in notice.message


def test_without_known_voices_no_voice_is_skipped() -> None:
    assert check_dimensions([np.ones(3)], NO_VOICES) == ()


def test_a_row_without_a_name_is_refused_with_its_shape() -> None:
    with pytest.raises(ValueError, match=r"shape \(2, 4\) for 1 names"):
        find_nearest_voices({"A": axis(0)}, [Voices(("Ann",), np.ones((2, 4)))])


def test_a_hundred_thousand_embeddings_are_searched_in_one_call() -> None:
    vectors = np.random.default_rng(0).normal(size=(100_000, 16))
    voices = Voices(tuple(f"Voice {row}" for row in range(100_000)), vectors)

    assert find_nearest_voices({"A": vectors[70_000] * 2}, [voices])["A"].name == "Voice 70000"


def test_the_best_of_several_embeddings_of_one_name_counts() -> None:
    known = Voices(("Ann", "Ann"), np.stack([axis(0), axis(1)]))

    names, table = compare_with_voices(["A"], {"A": axis(1)}, [known])

    assert names == ("Ann",)
    assert table.tolist() == [[1.0]]


def test_names_of_two_libraries_are_columns_of_one_table() -> None:
    libraries = [Voices(("Ann",), axis(0)[None]), Voices(("Sam",), axis(3)[None])]

    names, table = compare_with_voices(["A"], {"A": axis(3)}, libraries)

    assert names == ("Ann", "Sam")
    assert table.tolist() == [[0.0, 1.0]]


def test_an_embedding_of_another_length_is_not_compared() -> None:
    _, table = compare_with_voices(["A"], {"A": axis(0)}, [Voices(("Ann",), np.ones((1, 2)))])

    assert table.tolist() == [[-np.inf]]


def test_an_embedding_of_zeros_is_similar_to_no_voice() -> None:
    _, table = compare_with_voices(["A"], {"A": np.zeros(4)}, [Voices(("Ann",), axis(0)[None])])

    assert table.tolist() == [[-np.inf]]


def test_without_known_voices_the_table_has_no_columns() -> None:
    names, table = compare_with_voices(["A"], {"A": axis(0)}, [NO_VOICES])

    assert names == ()
    assert table.shape == (1, 0)


def test_speakers_are_compared_with_each_other() -> None:
    table = compare_speakers(["A", "B"], {"A": axis(0), "B": np.array([3.0, 4.0, 0.0, 0.0])})

    assert table.round(9).tolist() == [[1.0, 0.6], [0.6, 1.0]]


def test_a_speaker_without_an_embedding_is_similar_only_to_itself() -> None:
    table = compare_speakers(["A", "B"], {"B": axis(0)})

    assert table.tolist() == [[1.0, -np.inf], [-np.inf, 1.0]]
