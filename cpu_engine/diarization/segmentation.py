"""The segmentation of windows of ten seconds: when each of up to three local speakers talks.

Conventions
-----------
Frames are 0.016875 s apart; the centre of frame 0 is 0.030969 s after the window's start.
Local speakers of different windows are unrelated.

Source: pyannote segmentation-3.0 (Plaquet and Bredin, Interspeech 2023) and its receptive
field: 991 samples wide, 270 apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cpu_engine.audio_samples import SAMPLE_RATE, Samples
from cpu_engine.sessions import open_session

WINDOW_S = 10.0
STEP_S = 2.5
FRAME_STEP_S = 270 / SAMPLE_RATE
FIRST_CENTRE_S = 991 / 2 / SAMPLE_RATE
# Windows per call: more gain no time on two cores and cost memory.
BATCH = 4
# Which local speakers each powerset class means: none, one of three, two of three.
POWERSET = np.array(
    [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], bool
)


@dataclass(frozen=True, slots=True)
class Windows:
    """Local speakers in overlapping windows.

    starts: (windows,) in s; active: (windows, frames, 3) booleans.
    """

    starts: NDArray[np.float64]
    active: NDArray[np.bool_]

    @property
    def frame_count(self) -> int:
        return int(self.active.shape[1])

    def centres(self, window: int) -> NDArray[np.float64]:
        """Give the time of each frame's centre in s, (frames,)."""
        first = float(self.starts[window]) + FIRST_CENTRE_S
        return first + FRAME_STEP_S * np.arange(self.frame_count, dtype=np.float64)


class Segmenter:
    """The segmentation network."""

    def __init__(self, model: Path, threads: int) -> None:
        self._session = open_session(model, threads)

    def __call__(self, samples: Samples) -> Windows:
        """Segment (samples,) at 16 kHz; the last window is padded with silence."""
        starts = window_starts(len(samples))
        duration_s = len(samples) / SAMPLE_RATE
        active = np.concatenate([self._batch(batch) for batch in _batches(samples, starts)])
        windows = Windows(starts / SAMPLE_RATE, active)
        for window in range(len(starts)):
            active[window, windows.centres(window) > duration_s] = False
        return windows

    def _batch(self, waves: NDArray[np.float32]) -> NDArray[np.bool_]:
        (scores,) = self._session.run(["scores"], {"wave": waves[:, None]})
        active: NDArray[np.bool_] = POWERSET[np.asarray(scores).argmax(-1)]
        return active


def window_starts(length: int) -> NDArray[np.int64]:
    """Return the start of each window, in samples. The last one reaches the end."""
    window, step = int(WINDOW_S * SAMPLE_RATE), int(STEP_S * SAMPLE_RATE)
    further = -(-max(0, length - window) // step)
    return step * np.arange(1 + further)


def _batches(samples: Samples, starts: NDArray[np.int64]) -> Iterator[NDArray[np.float32]]:
    size = int(WINDOW_S * SAMPLE_RATE)
    for first in range(0, len(starts), BATCH):
        batch = np.zeros((len(starts[first : first + BATCH]), size), np.float32)
        for row, start in zip(batch, starts[first : first + BATCH], strict=True):
            piece = samples[start : start + size]
            row[: len(piece)] = piece
        yield batch
