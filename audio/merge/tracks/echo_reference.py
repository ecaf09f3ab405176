"""The system track as the mic track's clock has it: the reference of the echo canceller."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from audio.merge.tracks.echo_path import EchoPath
from audio.merge.tracks.lag_windows import Samples

RATE = 16_000
# The echo stays this far behind the reference: the sharpest reflection need not be the first.
AHEAD_S = 0.008
# A windowed sinc of this many taps, at this many positions between two samples.
_TAPS, _PHASES = 16, 256
# The reference is read at least so far beyond what is asked for.
_MARGIN = _TAPS


class EchoReference:
    """The samples of the system track that the mic hears at each of its samples.

    The mic track's sample ``n`` hears the system track at ``n - lag(n)``; the reference is 8 ms
    ahead of that. Without drift the system track is shifted by whole samples, and the filter finds
    the rest; with drift it is interpolated between samples. Memory is that of the longest jump
    back, and of a block.

    Parameters
    ----------
    blocks
        The system track at 16 kHz, in arrays of any length.
    path
        Where the system track is heard.

    """

    def __init__(self, blocks: Iterable[Samples], path: EchoPath) -> None:
        self._blocks = iter(blocks)
        self._pieces = path.pieces
        self._held: list[Samples] = [np.empty(0, np.float32)]
        self._start = self._end = 0
        self._at = self._lag_at_end = 0
        self._ended = False
        self._kept = _longest_jump_back(path)

    @property
    def has_ended(self) -> bool:
        """Whether the system track has no more samples that the mic could hear."""
        return self._ended and self._at - self._lag_at_end > self._end

    def next(self, count: int) -> Samples:
        """Return the reference of the next samples of the mic track; silence outside the track."""
        mic = np.arange(self._at, self._at + count)
        lag, drift = self._line(mic)
        self._at += count
        self._lag_at_end = int(lag[-1])
        if not drift.any():
            return self._at_samples(np.rint(mic - lag).astype(np.intp))
        return self._between_samples(mic - lag)

    def _line(self, mic: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        starts = np.array([piece.start * RATE for piece in self._pieces])
        which = np.maximum(np.searchsorted(starts, mic, side="right") - 1, 0)
        lags = np.array([(piece.lag - AHEAD_S) * RATE for piece in self._pieces])
        drifts = np.array([piece.drift for piece in self._pieces])
        return lags[which] + drifts[which] * mic, drifts[which]

    def _between_samples(self, positions: NDArray[np.float64]) -> Samples:
        below = np.floor(positions).astype(np.intp)
        phase = np.rint((positions - below) * _PHASES).astype(np.intp)
        around = self._at_samples(below[:, np.newaxis] + _OFFSETS)
        found: Samples = np.einsum("nt,nt->n", around, _KERNELS[phase])
        return found

    def _at_samples(self, wanted: NDArray[np.intp]) -> Samples:
        first, last = int(wanted.min()), int(wanted.max())
        self._read_until(last + _MARGIN)
        self._drop_before(first - self._kept - _MARGIN)
        self._held = [np.concatenate(self._held)]
        inside = (wanted >= self._start) & (wanted < self._end)
        found = np.zeros(wanted.shape, np.float32)
        found[inside] = self._held[0][wanted[inside] - self._start]
        return found

    def _read_until(self, end: int) -> None:
        while self._end < end and not self._ended:
            block = next(self._blocks, None)
            self._ended = block is None
            if block is not None:
                self._held.append(np.nan_to_num(block))
                self._end += len(block)

    def _drop_before(self, begin: int) -> None:
        begin = min(begin, self._end)
        # A copy of the samples at each call would take longer than the filter.
        if begin > self._start + RATE:
            self._held = [np.concatenate(self._held)[begin - self._start :].copy()]
            self._start = begin


def _longest_jump_back(path: EchoPath) -> int:
    starts = [piece.start for piece in path.pieces[1:]]
    jumps = [
        after.lag_at(start) - before.lag_at(start)
        for before, after, start in zip(path.pieces, path.pieces[1:], starts, strict=False)
    ]
    return round(max(0.0, sum(max(0.0, jump) for jump in jumps)) * RATE) if jumps else 0


def _kernels() -> Samples:
    """Return a low-pass of `_TAPS` for each position between two samples, each of gain 1."""
    phases = np.arange(_PHASES + 1)[:, np.newaxis] / _PHASES
    distance = _OFFSETS[np.newaxis] - phases
    window = np.i0(8.0 * np.sqrt(np.clip(1 - (distance / (_TAPS / 2 + 1)) ** 2, 0, 1)))
    kernel = np.sinc(distance) * window
    return np.asarray(kernel / kernel.sum(axis=1, keepdims=True), np.float32)


_OFFSETS = np.arange(-_TAPS // 2 + 1, _TAPS // 2 + 1)
_KERNELS = _kernels()
