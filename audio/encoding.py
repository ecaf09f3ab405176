"""Samples as a file."""

import io
import wave

import numpy as np
from numpy.typing import NDArray

from audio.decoding import SAMPLE_RATE


def wav(samples: NDArray[np.float32]) -> bytes:
    """A 16-bit WAV of 16 kHz mono samples in [-1, 1]."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(samples, -1.0, 1.0) * 32767).round().astype("<i2").tobytes())
    return buffer.getvalue()
