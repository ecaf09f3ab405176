"""Two tracks with a known echo, made of noise bursts that resemble speech in their pauses."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray
from scipy.signal import fftconvolve, lfilter

from audio.merge.tracks.loudness import Track

RATE = 16_000
Samples = NDArray[np.float64]


def speech(seconds: float, seed: int, *, level: float = 0.1) -> Samples:
    """Return coloured noise that swells and pauses at random, as syllables do."""
    random = default_rng(seed)
    length = round(seconds * RATE)
    sound = lfilter([1.0], [1.0, -0.8], random.normal(0.0, 1.0, length))
    ends = np.cumsum(random.uniform(0.08, 0.4, length // 1000 + 2)) * RATE
    loud = random.random(len(ends)) > 0.4
    syllables = loud[np.searchsorted(ends, np.arange(length))].astype(float)
    swelling = lfilter([0.005], [1.0, -0.995], syllables)
    return np.asarray(level * sound * swelling)


def noise(seconds: float, seed: int, level: float = 1e-4) -> Samples:
    return default_rng(seed).normal(0.0, level, round(seconds * RATE))


def room(seed: int = 0, *, seconds: float = 0.15) -> Samples:
    """Return an impulse response: the direct sound, and a tail that decays."""
    length = round(seconds * RATE)
    tail = default_rng(seed).normal(0.0, 0.1, length) * np.exp(-5 * np.arange(length) / length)
    tail[0] = 1.0
    return tail


def heard(system: Samples, response: Samples, delay_s: float) -> Samples:
    """Return the system track as the mic hears it, later by the delay; earlier if negative."""
    echo = fftconvolve(system, response)[: len(system)]
    shift = round(delay_s * RATE)
    silence = np.zeros(abs(shift))
    if shift >= 0:
        return np.concatenate((silence, echo))[: len(system)]
    return np.concatenate((echo[-shift:], silence))


def track(samples: NDArray[np.floating], *, block: int = 65_536) -> Track:
    whole = samples.astype(np.float32)
    edges = [*range(0, len(whole), block), len(whole)]

    def blocks() -> Iterator[NDArray[np.float32]]:
        return (whole[start:end] for start, end in pairwise(edges))

    return Track(RATE, blocks)


def decibels(one: Samples, other: Samples) -> float:
    """Return how much weaker the one is than the other."""
    return float(10 * np.log10(np.square(other).sum() / np.square(one).sum()))
