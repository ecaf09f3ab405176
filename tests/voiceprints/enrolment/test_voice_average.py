"""Tests of averaging the embeddings of windows."""

import numpy as np
import pytest

from tests.voiceprints.people import axis, blend
from voiceprints.enrolment.voice_average import average_voice
from voiceprints.people.enrolment_errors import SeveralVoices


def test_similar_windows_are_averaged_by_duration() -> None:
    windows = np.stack([axis(0), blend({0: 0.8, 1: 0.6})])

    average = average_voice(windows, np.array([3.0, 1.0]), threshold=0.5)

    assert average.vector[:2] == pytest.approx(np.array([3.8, 0.6]) / np.hypot(3.8, 0.6))
    assert average.used.all()


def test_the_scale_of_an_embedding_does_not_matter() -> None:
    windows = np.stack([axis(0), 100 * blend({0: 0.8, 1: 0.6})])

    average = average_voice(windows, np.array([1.0, 1.0]), threshold=0.5)

    assert average.vector[:2] == pytest.approx(np.array([1.8, 0.6]) / np.hypot(1.8, 0.6))


def test_a_minority_that_sounds_different_is_discarded() -> None:
    windows = np.stack([axis(0), axis(0), axis(0), axis(1)])

    average = average_voice(windows, np.array([3.0, 3.0, 3.0, 3.0]), threshold=0.5)

    assert average.used.tolist() == [True, True, True, False]
    assert average.vector == pytest.approx(axis(0))


def test_a_large_minority_is_another_voice() -> None:
    windows = np.stack([axis(0), axis(0), axis(1)])

    with pytest.raises(SeveralVoices, match="33% of the speech"):
        average_voice(windows, np.ones(3), threshold=0.5)


def test_the_main_voice_has_the_most_time_not_the_most_windows() -> None:
    windows = np.stack([axis(1), axis(1), axis(0)])

    average = average_voice(windows, np.array([1.0, 1.0, 9.0]), threshold=0.5)

    assert average.used.tolist() == [False, False, True]


def test_cohesion_is_the_mean_similarity_to_the_voice() -> None:
    windows = np.stack([blend({0: 0.8, 1: 0.6}), blend({0: 0.8, 1: -0.6})])

    assert average_voice(windows, np.ones(2), threshold=0.2).cohesion == pytest.approx(0.8)
