"""Whose voice is it, if anybody's?"""

import numpy as np
import pytest

from audio.merge.naming.identification import OpenSetRule, identify
from audio.merge.values import NO_VOICES, Voices

ANN_AND_BOB = Voices(("Ann", "Bob", "Ann"), np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]]))


def test_the_nearest_voice_over_threshold_and_margin_is_the_speakers() -> None:
    found = identify(np.array([5.0, 0.0]), ANN_AND_BOB)

    assert found.name == "Ann"
    assert found.margin == pytest.approx(1.0)


def test_a_person_is_as_near_as_the_nearest_of_their_voices() -> None:
    found = identify(np.array([0.6, 0.8]), ANN_AND_BOB)

    assert [candidate.name for candidate in found.candidates] == ["Ann", "Bob"]
    assert found.candidates[0].similarity == pytest.approx(1.0)


def test_a_stranger_is_nobody_though_somebody_is_nearest() -> None:
    found = identify(np.array([-1.0, 0.2]), ANN_AND_BOB)

    assert found.decision == "unknown"
    assert found.name is None
    assert found.candidates[0].name == "Bob"


def test_two_people_as_near_leave_the_speaker_unnamed() -> None:
    found = identify(np.array([1.0, 1.0]), Voices(("Ann", "Bob"), np.eye(2)))

    assert found.decision == "ambiguous"
    assert found.margin == pytest.approx(0.0)


def test_a_tie_is_no_match_even_without_a_margin() -> None:
    twins = Voices(("Ann", "Bob"), np.array([[1.0, 0.0], [2.0, 0.0]]))

    assert identify(np.array([1.0, 0.0]), twins, rule=OpenSetRule(margin=0.0)).name is None


def test_exactly_at_threshold_and_margin_is_enough() -> None:
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
def test_where_nothing_can_be_compared_nobody_is_a_candidate(
    embedding: np.ndarray, voices: Voices
) -> None:
    found = identify(embedding, voices)

    assert found.decision == "unknown"
    assert found.candidates == ()
