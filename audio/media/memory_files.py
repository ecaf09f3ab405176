"""Recordings in memory: files for engines of which nothing stays, however the process ends."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio.media.decoding import SAMPLE_RATE
from audio.media.encoding import wav
from audio.media.recording import Recording


@contextmanager
def memory_file(samples: NDArray[np.int16], *, field: str) -> Iterator[Recording]:
    """Yield 16 kHz samples as a WAV, which only this process can open, until the block ends."""
    with os.fdopen(os.memfd_create("recording"), "wb") as file:
        file.write(wav(samples))
        file.flush()
        path = Path(f"/proc/self/fd/{file.fileno()}")
        yield Recording(path, ".wav", field=field, seconds=len(samples) / SAMPLE_RATE)
