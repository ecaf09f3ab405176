"""A moment of silence, for text in which there is nothing to say."""

import io
import wave
from functools import lru_cache
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream

# What Kokoro speaks at; long enough for every player to notice that it has played something.
SAMPLE_RATE = 24_000
SECONDS = 0.5

# FFmpeg's names of containers and codecs.
_ENCODED = {
    "mp3": ("mp3", "libmp3lame"),
    "opus": ("ogg", "libopus"),
    "aac": ("adts", "aac"),
    "flac": ("flac", "flac"),
}
_SAMPLES = np.zeros((1, int(SAMPLE_RATE * SECONDS)), np.int16)


@lru_cache(maxsize=8)
def silence(form: str) -> bytes:
    """Half a second of nothing, as mp3, opus (in Ogg), aac (ADTS), flac, wav or pcm."""
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
        file.setframerate(SAMPLE_RATE)
        file.writeframes(_SAMPLES.tobytes())
    return buffer.getvalue()


def _encoded(container_name: str, codec: str) -> bytes:
    buffer = io.BytesIO()
    frame = av.AudioFrame.from_ndarray(_SAMPLES, format="s16", layout="mono")
    frame.sample_rate = SAMPLE_RATE
    with av.open(buffer, "w", format=container_name) as container:
        stream = cast(AudioStream, container.add_stream(codec, rate=SAMPLE_RATE, layout="mono"))
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()
