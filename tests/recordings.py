"""Recordings for tests: cut from the clinic meeting, or made of nothing but samples."""

import base64
import io
import wave
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
SWELLING_MB = 560


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


def pcm_24k(source: Path, seconds: float, *, from_s: float = 0.0) -> bytes:
    """A part of a 16 kHz recording as realtime clients send it: 16-bit samples at 24 kHz."""
    start, end = int(from_s * SAMPLE_RATE), int((from_s + seconds) * SAMPLE_RATE)
    resampler = av.AudioResampler("s16", "mono", 24_000)
    frame = av.AudioFrame.from_ndarray(samples_of(source)[np.newaxis, start:end], "s16", "mono")
    frame.sample_rate = SAMPLE_RATE
    parts = [*resampler.resample(frame), *resampler.resample(None)]
    return np.concatenate([part.to_ndarray()[0] for part in parts]).astype("<i2").tobytes()


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
    """Two megabytes at 2 kHz in one packet, which take more than SWELLING_MB to decode."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="matroska") as container:
        stream = container.add_stream("pcm_u8", rate=2_000, layout="mono")
        container.start_encoding()
        packet = av.Packet(bytes(2_000_000))
        packet.stream, packet.pts, packet.dts = stream, 0, 0
        container.mux(packet)
    return buffer.getvalue()


def ten_hours() -> bytes:
    """Ten hours of silence as a FLAC of a few kilobytes."""
    buffer, rate = io.BytesIO(), 2_000
    large = {"frame_size": "65535"}
    with av.open(buffer, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=rate, layout="mono", options=large)
        assert isinstance(stream, av.AudioStream)
        for _quarter in range(4 * 10):
            samples = np.zeros((1, 900 * rate), np.int16)
            frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
            frame.sample_rate = rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def said_to_last(seconds: int, flac: bytes, rate: int = 2_000) -> bytes:
    """Return a FLAC with another number of samples in its header."""
    at = flac.index(b"fLaC") + 21
    lied = (flac[at] & 0xF0).to_bytes() + (seconds * rate).to_bytes(4)
    return flac[:at] + lied + flac[at + 5 :]


TONE = wav(square_wave(4000, 1.0))
