import numpy as np
from numpy.typing import NDArray

from cpu_engine.diarization.speaker_clustering import centroids, grouped

EAST, NORTH = [1.0, 0.0], [0.0, 1.0]


def vectors(*rows: list[float]) -> NDArray[np.float32]:
    return np.array(rows, np.float32)


def seconds(*values: float) -> NDArray[np.float64]:
    return np.array(values, np.float64)


def test_equal_vectors_are_one_group_and_opposed_ones_two() -> None:
    assert grouped(vectors(EAST, NORTH, EAST)).tolist() in ([1, 2, 1], [2, 1, 2])


def test_a_single_vector_is_a_group() -> None:
    assert grouped(vectors(EAST)).tolist() == [1]


def test_the_cut_is_at_a_cosine_distance_of_0_6() -> None:
    near, far = [0.41, 0.9121], [0.39, 0.9208]

    assert len(set(grouped(vectors(EAST, near)).tolist())) == 1
    assert len(set(grouped(vectors(EAST, far)).tolist())) == 2


def test_each_person_is_the_unit_mean_of_their_voices() -> None:
    people = centroids(vectors(EAST, EAST, NORTH), seconds(3, 3, 3), seconds(3, 3, 3))

    assert sorted(people.round(3).tolist()) == [NORTH, EAST]


def test_a_speaker_under_two_seconds_is_dropped() -> None:
    people = centroids(vectors(EAST, NORTH), seconds(9, 1.5), seconds(9, 1.5))

    assert people.round(3).tolist() == [EAST]


def test_in_a_short_recording_no_speaker_is_dropped() -> None:
    people = centroids(vectors(EAST, NORTH), seconds(1.5, 1.5), seconds(1.5, 1.5))

    assert len(people) == 2


def test_a_voice_with_little_speech_does_not_make_a_person() -> None:
    people = centroids(vectors(EAST, EAST, NORTH), seconds(4, 4, 0.5), seconds(4, 4, 4))

    assert people.round(3).tolist() == [EAST]
