"""Samples encoded as a file: WAV for engines, and silence in every format of speech."""

import io
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from audio.media import temporary_files
from audio.media.decoding import SAMPLE_RATE
from audio.media.recording import Recording


def pcm(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """Convert samples in [-1, 1] to 16 bits; louder samples are clipped."""
    return (np.clip(samples, -1.0, 1.0) * 32767).round().astype("<i2")


def wav(samples: NDArray[np.int16]) -> bytes:
    """Encode 16 kHz mono samples as a WAV."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
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


# The rate of Kokoro's speech, and a length that every player plays.
SILENCE_RATE = 24_000
SILENCE_S = 0.5

# FFmpeg's names of containers and codecs.
_ENCODED = {
    "mp3": ("mp3", "libmp3lame"),
    "opus": ("ogg", "libopus"),
    "aac": ("adts", "aac"),
    "flac": ("flac", "flac"),
}
_SAMPLES = np.zeros((1, int(SILENCE_RATE * SILENCE_S)), np.int16)


@lru_cache(maxsize=8)
def silence(form: str) -> bytes:
    """Encode half a second of silence as mp3, opus (in Ogg), aac (ADTS), flac, wav or pcm."""
    match form:
        case "pcm":
            return _SAMPLES.tobytes()
        case "wav":
            return _wav()
    return _encoded(*_ENCODED[form])


def _wav() -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SILENCE_RATE)
        file.writeframes(_SAMPLES.tobytes())
    return buffer.getvalue()


def _encoded(container_name: str, codec: str) -> bytes:
    buffer = io.BytesIO()
    frame = av.AudioFrame.from_ndarray(_SAMPLES, format="s16", layout="mono")
    frame.sample_rate = SILENCE_RATE
    with av.open(buffer, "w", format=container_name) as container:
        stream = cast(AudioStream, container.add_stream(codec, rate=SILENCE_RATE, layout="mono"))
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()


# The content type of each format of speech.
SPEECH_TYPES = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}
