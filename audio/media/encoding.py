"""Samples encoded as a WAV for engines."""

import io
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from audio.media import temporary_files
from audio.media.decoding import SAMPLE_RATE
from audio.media.recording import Recording


def pcm(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """Convert samples in [-1, 1] to 16 bits; louder samples are clipped."""
    return (np.clip(samples, -1.0, 1.0) * 32767).round().astype("<i2")


def wav(samples: NDArray[np.int16], rate: int = SAMPLE_RATE) -> bytes:
    """Encode mono samples as a WAV."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()


_BLOCK_BYTES = 1 << 20


@contextmanager
def wrapped_pcm(recording: Recording) -> Iterator[Recording]:
    """Yield a file of bare 16 kHz mono samples of 16 bits as a WAV, deleted after the block.

    A file that is a WAV already is yielded as it is.

    Raises
    ------
    NoRoom
    """
    with (
        recording.path.open("rb") as raw,
        TemporaryDirectory(prefix="pcm-", dir=temporary_files.folder()) as name,
    ):
        if raw.read(4) == b"RIFF":
            yield recording
            return
        temporary_files.check_room(recording.path.stat().st_size)
        raw.seek(0)
        path = Path(name) / "samples.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            while block := raw.read(_BLOCK_BYTES):
                file.writeframesraw(block)
        yield replace(recording, path=path, suffix=".wav")
