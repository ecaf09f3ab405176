import numpy as np

from cpu_engine.audio_samples import SAMPLE_RATE
from cpu_engine.diarization.stretches import quietest, stretches

MINUTE = 60 * SAMPLE_RATE


def test_three_minutes_are_one_stretch() -> None:
    ((start, stretch),) = stretches(np.ones(3 * MINUTE, np.float32))

    assert (start, len(stretch)) == (0.0, 3 * MINUTE)


def test_a_longer_recording_is_cut_in_its_quietest_moment() -> None:
    samples = np.ones(4 * MINUTE, np.float32)
    samples[170 * SAMPLE_RATE : 171 * SAMPLE_RATE] = 0

    (_, first), (start, second) = stretches(samples)

    assert 170 < start < 171
    assert len(first) + len(second) == len(samples)


def test_of_equally_quiet_moments_the_first_is_taken() -> None:
    assert quietest(np.ones(SAMPLE_RATE, np.float32)) == 2400
