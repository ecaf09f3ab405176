"""Samples of one channel at another rate, block by block: each block continues the one before."""

from collections.abc import Iterator
from typing import Generic, TypeVar

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

# FFmpeg's names of 16-bit integers, and of floats channel by channel.
_FORMATS = {np.dtype(np.int16): "s16", np.dtype(np.float32): "fltp"}
Sample = TypeVar("Sample", np.int16, np.float32)


class Resampler(Generic[Sample]):
    """Converts blocks of samples from one rate to another, in Hz."""

    def __init__(self, rate: int, wanted: int, kind: type[Sample]) -> None:
        self._rate, self._format = rate, _FORMATS[np.dtype(kind)]
        self._resampler = AudioResampler(format=self._format, layout="mono", rate=wanted)

    def feed(self, block: NDArray[Sample]) -> Iterator[NDArray[Sample]]:
        """Yield what can be computed once this block is known."""
        whole = np.ascontiguousarray(block[np.newaxis])
        frame = AudioFrame.from_ndarray(whole, format=self._format, layout="mono")
        frame.sample_rate = self._rate
        yield from (part.to_ndarray()[0] for part in self._resampler.resample(frame))

    def rest(self) -> Iterator[NDArray[Sample]]:
        """Yield the last samples; no block may follow."""
        yield from (part.to_ndarray()[0] for part in self._resampler.resample(None))
