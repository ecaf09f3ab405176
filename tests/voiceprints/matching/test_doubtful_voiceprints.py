"""Tests of the detection of doubtful voiceprints."""

import numpy as np
import pytest

from tests.voiceprints.people import axis, blend
from voiceprints.matching import doubtful_voiceprints
from voiceprints.matching.doubtful_voiceprints import VoiceprintSimilarity, compare_voiceprints


def test_a_voiceprint_is_compared_with_its_person_and_with_others() -> None:
    vectors = np.array([axis(0), blend({0: 0.8, 1: 0.6}), axis(1)])

    found = compare_voiceprints(vectors, ["Ana", "Ana", "Ben"])

    assert [one.own and round(one.own, 9) for one in found] == [0.8, 0.8, None]
    assert [one.other and round(one.other, 9) for one in found] == [0.0, 0.6, 0.6]
    assert [one.nearest for one in found] == [2, 2, 1]


def test_a_voiceprint_nearer_to_another_person_is_doubtful() -> None:
    assert VoiceprintSimilarity(0.3, 0.4, 1).is_doubtful(0.5)
    assert not VoiceprintSimilarity(0.4, 0.3, 1).is_doubtful(0.5)


def test_an_only_voiceprint_is_doubtful_at_another_persons_threshold() -> None:
    assert VoiceprintSimilarity(None, 0.5, 1).is_doubtful(0.5)
    assert not VoiceprintSimilarity(None, 0.49, 1).is_doubtful(0.5)


def test_the_only_person_has_no_doubtful_voiceprint() -> None:
    (alone,) = compare_voiceprints(np.array([axis(0)]), ["Ana"])

    assert alone == VoiceprintSimilarity(None, None)
    assert not alone.is_doubtful(0.5)


def test_no_voiceprints_give_no_similarities() -> None:
    assert compare_voiceprints(np.empty((0, 192)), []) == []


def test_more_voiceprints_than_a_stripe_are_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vectors = np.array([axis(0), axis(1), blend({0: 0.6, 1: 0.8})])
    whole = compare_voiceprints(vectors, [1, 2, 1])
    monkeypatch.setattr(doubtful_voiceprints, "STRIPE", 1)

    assert compare_voiceprints(vectors, [1, 2, 1]) == whole
