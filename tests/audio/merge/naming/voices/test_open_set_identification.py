"""Open-set identification of one voice, and of a transcript's speakers."""

import numpy as np
import pytest

from audio.merge.naming.voices.open_set_identification import OpenSetRule, identify
from audio.merge.values import NO_VOICES, Voices

ANN_AND_BOB = Voices(("Ann", "Bob", "Ann"), np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]]))


def test_the_nearest_voice_over_threshold_and_margin_is_the_speakers() -> None:
    found = identify(np.array([5.0, 0.0]), ANN_AND_BOB)

    assert found.name == "Ann"
    assert found.margin == pytest.approx(1.0)


def test_a_person_is_as_similar_as_the_nearest_of_their_voices() -> None:
    found = identify(np.array([0.6, 0.8]), ANN_AND_BOB)

    assert [candidate.name for candidate in found.candidates] == ["Ann", "Bob"]
    assert found.candidates[0].similarity == pytest.approx(1.0)


def test_a_stranger_is_unknown_though_one_voice_is_nearest() -> None:
    found = identify(np.array([-1.0, 0.2]), ANN_AND_BOB)

    assert found.decision == "unknown"
    assert found.name is None
    assert found.candidates[0].name == "Bob"


def test_two_equally_similar_people_leave_the_speaker_unnamed() -> None:
    found = identify(np.array([1.0, 1.0]), Voices(("Ann", "Bob"), np.eye(2)))

    assert found.decision == "ambiguous"
    assert found.margin == pytest.approx(0.0)


def test_a_tie_is_not_a_match_even_without_a_margin() -> None:
    twins = Voices(("Ann", "Bob"), np.array([[1.0, 0.0], [2.0, 0.0]]))

    assert identify(np.array([1.0, 0.0]), twins, rule=OpenSetRule(margin=0.0)).name is None


def test_a_similarity_exactly_at_threshold_and_margin_is_enough() -> None:
    known = Voices(("Ann", "Bob"), np.array([[0.6, 0.8], [0.4, np.sqrt(0.84)]]))
    rule = OpenSetRule(threshold=0.6, margin=0.2)

    assert identify(np.array([1.0, 0.0]), known, rule=rule).name == "Ann"


@pytest.mark.parametrize(
    ("embedding", "voices"),
    [
        (np.array([1.0, 0.0]), NO_VOICES),
        (np.array([1.0, 0.0, 0.0]), ANN_AND_BOB),
        (np.zeros(2), ANN_AND_BOB),
    ],
)
def test_without_comparable_voices_the_candidates_are_empty(
    embedding: np.ndarray, voices: Voices
) -> None:
    found = identify(embedding, voices)

    assert found.decision == "unknown"
    assert found.candidates == ()
