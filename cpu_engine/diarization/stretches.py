"""The stretches of a long recording: cut so that memory does not grow with its length."""

from collections.abc import Iterator

import numpy as np

from cpu_engine.audio_samples import SAMPLE_RATE, Samples

# Whisper's features take 0.9 MB per second while they are computed.
LONGEST_S = 180
# A cut is made in the quietest moment of the last seconds of a stretch.
SEARCH_S = 20
MOMENT_S = 0.3


def stretches(samples: Samples) -> Iterator[tuple[float, Samples]]:
    """Cut (samples,) at 16 kHz into stretches of at most three minutes, with their starts in s.

    Together they are the whole recording; a shorter one is a single stretch.
    """
    longest, search = LONGEST_S * SAMPLE_RATE, SEARCH_S * SAMPLE_RATE
    start = 0
    while len(samples) - start > longest:
        end = start + longest
        cut = end - search + quietest(samples[end - search : end])
        yield start / SAMPLE_RATE, samples[start:cut]
        start = cut
    yield start / SAMPLE_RATE, samples[start:]


def quietest(samples: Samples) -> int:
    """Return the sample in the middle of the moment with the least energy. The first of equals."""
    moment = round(MOMENT_S * SAMPLE_RATE)
    moments = samples[: len(samples) // moment * moment].reshape(-1, moment)
    energy = np.einsum("ms,ms->m", moments, moments)
    return int(energy.argmin()) * moment + moment // 2
