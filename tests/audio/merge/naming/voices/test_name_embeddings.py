"""One embedding for each name of a recording."""

import numpy as np

from audio.merge.naming.voices.name_embeddings import embeddings_by_name
from audio.merge.values import NamedSpeaker
from tests.audio.merge.recordings import axis, turns


def test_embeddings_of_one_name_are_averaged_by_speaking_time() -> None:
    named = [
        NamedSpeaker("A", "Ann", "visual", axis(0, 10.0)),
        NamedSpeaker("B", "Ann", "visual", axis(1)),
    ]

    by_name = embeddings_by_name(named, turns((0.0, 3.0, "B"), (3.0, 7.0, "A")))

    assert by_name["Ann"].tolist() == [0.8, 0.6, 0.0, 0.0]


def test_an_embedding_without_speaking_time_does_not_count_beside_one_with() -> None:
    named = [
        NamedSpeaker("A", "Ann", "visual", axis(0)),
        NamedSpeaker("B", "Ann", "visual", axis(1)),
    ]

    assert embeddings_by_name(named, turns((0.0, 3.0, "B")))["Ann"].tolist() == [0, 1, 0, 0]


def test_embeddings_of_one_name_without_speaking_time_have_equal_weight() -> None:
    named = [
        NamedSpeaker("A", "Ann", "visual", axis(0)),
        NamedSpeaker("B", "Ann", "visual", axis(0)),
    ]

    assert embeddings_by_name(named, [])["Ann"].tolist() == [1.0, 0.0, 0.0, 0.0]


def test_the_embedding_of_a_single_speaker_is_the_engines_own() -> None:
    given = axis(0, 0.3)

    by_name = embeddings_by_name([NamedSpeaker("A", "Ann", "visual", given)], [])

    assert by_name["Ann"] is given


def test_an_embedding_of_another_length_is_left_out_of_the_average() -> None:
    named = [
        NamedSpeaker("A", "Ann", "visual", axis(0)),
        NamedSpeaker("B", "Ann", "visual", np.ones(2)),
    ]

    assert embeddings_by_name(named, [])["Ann"].tolist() == [1.0, 0.0, 0.0, 0.0]
