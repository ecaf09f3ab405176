"""Recordings for tests: cut from the clinic meeting, or made of nothing but samples."""

import base64
import io
import struct
import wave
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000


def cut_of(source: Path, seconds: float, target: Path, *, from_s: float = 0.0) -> Path:
    """Write the first seconds of a recording as a 16 kHz mono WAV."""
    start, end = int(from_s * SAMPLE_RATE), int(seconds * SAMPLE_RATE)
    target.write_bytes(wav(samples_of(source)[start:end]))
    return target


def samples_of(source: Path) -> NDArray[np.int16]:
    """The samples of a 16 kHz mono recording."""
    with av.open(str(source)) as container:
        frames = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    return np.concatenate(frames).astype(np.int16)


def encoded(
    source: Path, target: Path, codec: str, layout: str = "mono", *, seconds: float
) -> Path:
    """Write the beginning of a recording in another format, at 48 kHz."""
    with av.open(str(source)) as read, av.open(str(target), "w") as written:
        stream = written.add_stream(codec, rate=48_000, layout=layout)
        assert isinstance(stream, av.AudioStream)
        resampler = av.AudioResampler(stream.format, layout, 48_000, stream.frame_size)
        frames = (frame for frame in read.decode(audio=0) if (frame.time or 0) < seconds)
        for frame in (*frames, None):
            for piece in resampler.resample(frame):
                written.mux(stream.encode(piece))
        written.mux(stream.encode(None))
    return target


def wav(samples: NDArray[np.int16], sample_rate: int = SAMPLE_RATE, channels: int = 1) -> bytes:
    """A 16-bit WAV of interleaved samples."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()


def data_url(content: bytes) -> str:
    """A WAV as a data URL."""
    return "data:audio/wav;base64," + base64.b64encode(content).decode()


def square_wave(
    amplitude: int, seconds: float, sample_rate: int = SAMPLE_RATE
) -> NDArray[np.int16]:
    """Samples that alternate around zero: their level is the amplitude exactly."""
    count = int(seconds * sample_rate)
    return np.where(np.arange(count) % 2, -amplitude, amplitude).astype(np.int16)


def swelling() -> bytes:
    """Eight kilobytes that, at one sample a second, expand to a gibibyte of samples."""
    shape = struct.pack("<4sIHHIIHHHH", b"fmt ", 20, 0x11, 1, 1, 1, 8192, 4, 2, 16_377)
    body = b"WAVE" + shape + struct.pack("<4sI", b"data", 8192) + bytes(8192)
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def ten_hours() -> bytes:
    """Ten hours of silence as a FLAC of a few kilobytes."""
    buffer, rate = io.BytesIO(), 4
    with av.open(buffer, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=rate, layout="mono")
        assert isinstance(stream, av.AudioStream)
        for _quarter in range(4 * 10):
            samples = np.zeros((1, 900 * rate), np.int16)
            frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
            frame.sample_rate = rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def said_to_last(seconds: int, flac: bytes, rate: int = 4) -> bytes:
    """Return a FLAC with another number of samples in its header."""
    at = flac.index(b"fLaC") + 21
    lied = (flac[at] & 0xF0).to_bytes() + (seconds * rate).to_bytes(4)
    return flac[:at] + lied + flac[at + 5 :]


TONE = wav(square_wave(4000, 1.0))
