"""Samples encoded as a file: WAV for engines, and silence in every format of speech."""

import io
import wave
from functools import lru_cache
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from audio.media.decoding import SAMPLE_RATE


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
