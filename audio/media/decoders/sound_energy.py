"""The streams and channels of a recording that carry sound.

A stream may be silent beside another one. The channels of a stream may be in opposite phase, so
that their mean is silence: one of them is heard then.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Quieter samples are the noise of converters and encoders: 16 bits have steps of 0.00003.
SILENT = 0.001
# Whether channels are in opposite phase does not change within a recording.
LISTEN_S = 30.0


@dataclass(frozen=True, slots=True)
class SoundEnergy:
    """The sums of squared samples in [-1, 1], of each channel and of the channels' mean."""

    channels: NDArray[np.float64]
    mean: float
    audible_s: float

    @property
    def channel(self) -> int | None:
        """The loudest channel where the mean loses the sound; None where the mean has it.

        The mean of N channels has 1/N² of the energy of one that is alone among silent ones, and
        more where they are alike. With less than half of that they cancel each other.
        """
        loudest = self.channels.max(initial=0.0)
        if len(self.channels) < 2 or self.mean >= loudest / len(self.channels) ** 2 / 2:
            return None
        return int(self.channels.argmax())


def measure_energy(blocks: Iterable[NDArray[np.floating]], sample_rate: int) -> SoundEnergy:
    """Measure blocks of shape ``(channels, samples)``, until 30 s with sound were heard."""
    channels, mean, audible = np.zeros(0), 0.0, 0
    for block in blocks:
        if not len(channels):
            channels = np.zeros(len(block))
        if len(block) != len(channels) or not np.abs(block).max(initial=0.0) > SILENT:
            continue
        channels += np.square(block, dtype=np.float64).sum(axis=1)
        mean += float(np.square(block.mean(axis=0), dtype=np.float64).sum())
        audible += block.shape[1]
        if audible >= LISTEN_S * sample_rate:
            break
    return SoundEnergy(channels, mean, audible / sample_rate)


def mixed(block: NDArray[np.float32], channel: int | None) -> NDArray[np.float32]:
    """Mix a block of shape ``(channels, samples)`` to one channel."""
    if channel is not None and channel < len(block):
        one: NDArray[np.float32] = block[channel]
        return one
    # FFmpeg's own mix to mono is louder than the average, and clips.
    averaged: NDArray[np.float32] = block.mean(axis=0, dtype=np.float32)
    return averaged
