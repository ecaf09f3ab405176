"""Errors that a reader can count."""

import numpy as np
import pytest

from audio.merge.naming.voices.open_set_identification import OpenSetRule
from audio.merge.values import Voices
from benchmarks.measures.error_rates import Shares, Trial, equal_error_rate, shares_at

RULE = OpenSetRule(threshold=0.5, margin=0.05)
BOTH = Voices(("Ana", "Ben"), np.eye(2))
ONLY_BEN = Voices(("Ben",), np.array([[0.0, 1.0]]))


def test_voices_that_are_all_distinguished_have_no_equal_error() -> None:
    assert equal_error_rate(np.array([0.7, 0.9]), np.array([0.1, 0.3])) == (0.0, 0.7)


def test_the_equal_error_is_where_both_are_as_frequent() -> None:
    same, different = np.array([0.2, 0.6, 0.7, 0.8]), np.array([0.0, 0.1, 0.3, 0.65])

    rate, threshold = equal_error_rate(same, different)

    assert rate == pytest.approx(0.25)
    assert 0.3 < threshold <= 0.65


def test_a_known_voice_is_right_and_one_between_two_is_unnamed() -> None:
    trials = [Trial("Ana", np.array([1.0, 0.1]), BOTH), Trial("Ana", np.array([1.0, 1.0]), BOTH)]

    assert shares_at(trials, RULE) == Shares(wrong=0.0, unnamed=0.5)


def test_a_stranger_who_gets_a_name_is_wrong() -> None:
    trials = [Trial("Ana", np.array([1.0, 2.0]), ONLY_BEN), Trial("Ana", np.eye(2)[0], ONLY_BEN)]

    assert [trial.stranger for trial in trials] == [True, True]
    assert shares_at(trials, RULE) == Shares(wrong=0.5, unnamed=0.5)
