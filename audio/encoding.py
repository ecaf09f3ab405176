"""Samples as a file."""

import io
import wave

import numpy as np
from numpy.typing import NDArray

from audio.decoding import SAMPLE_RATE


def pcm(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """16-bit samples of samples in [-1, 1]; what is louder is clipped."""
    return (np.clip(samples, -1.0, 1.0) * 32767).round().astype("<i2")


def wav(samples: NDArray[np.int16]) -> bytes:
    """A WAV of 16 kHz mono samples."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()
