"""Samples that are still needed of a stream; positions count from the start of the stream."""

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]


class SampleBuffer:
    """The samples between two positions of a stream, in the order in which they were added."""

    def __init__(self) -> None:
        self.start = 0
        self.end = 0
        self._blocks: list[Samples] = []

    def __len__(self) -> int:
        return self.end - self.start

    def add(self, block: Samples) -> None:
        """Add the samples that follow."""
        self._blocks.append(block)
        self.end += len(block)

    def between(self, start: int, end: int) -> Samples:
        """Return the samples between two positions, as far as they are in the buffer."""
        if len(self._blocks) > 1:
            self._blocks = [np.concatenate(self._blocks)]
        whole = self._blocks[0] if self._blocks else np.empty(0, dtype=np.int16)
        return whole[max(0, start - self.start) : max(0, end - self.start)]

    def drop_before(self, start: int) -> None:
        """Forget the samples before a position, which may be the end of the stream."""
        if start > self.start:
            self._blocks = [self.between(start, self.end).copy()]
            self.start = start
