import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvidia_engine.report.error_rates import cp_wer, der, wer

WORDS = st.lists(st.sampled_from(["ja", "nein", "gut", "clinic"]), min_size=1, max_size=12)


@given(reference=WORDS, hypothesis=WORDS)
def test_word_error_rate_is_jiwers(reference: list[str], hypothesis: list[str]) -> None:
    expected = jiwer.wer(" ".join(reference), " ".join(hypothesis))

    assert wer(" ".join(reference), " ".join(hypothesis)) == pytest.approx(expected)


def test_case_and_punctuation_are_no_errors() -> None:
    assert wer("Good morning, George!", "good morning george") == 0


def test_speakers_are_assigned_as_it_fits_best() -> None:
    reference = {"A": "good morning george", "B": "morning emma"}

    assert cp_wer(reference, {"1": "morning emma", "2": "good morning george"}) == 0
    assert cp_wer(reference, {"1": "good morning george morning emma"}) == pytest.approx(4 / 5)


def test_a_diarization_with_other_labels_has_no_error() -> None:
    assert der({"A": [(0, 1)], "B": [(1, 2)]}, {"1": [(1, 2)], "0": [(0, 1)]}, 2.0) == 0


@pytest.mark.parametrize(
    ("heard", "rate"),
    [
        ({}, 1.0),
        ({"0": [(0, 2)]}, 0.5),
        ({"0": [(0, 1)], "1": [(1, 2)], "2": [(0, 2)]}, 1.0),
        ({"0": [(0, 1)]}, 0.5),
    ],
)
def test_missed_wrong_and_invented_speech_count(
    heard: dict[str, list[tuple[float, float]]], rate: float
) -> None:
    assert der({"A": [(0, 1)], "B": [(1, 2)]}, heard, 2.0) == pytest.approx(rate)
