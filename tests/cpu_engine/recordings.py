"""Recordings in many formats, written by PyAV."""

from pathlib import Path

import av
import numpy as np

from cpu_engine.audio_samples import SAMPLE_RATE, Samples

# Codec and sample format of each file name's ending.
CODECS = {
    ".wav": ("pcm_s16le", "s16"),
    ".24.wav": ("pcm_s24le", "s32"),
    ".float.wav": ("pcm_f32le", "flt"),
    ".flac": ("flac", "s16"),
    ".mp3": ("libmp3lame", "fltp"),
    ".webm": ("libopus", "flt"),
    ".m4a": ("aac", "fltp"),
}


def write_recording(path: Path, samples: Samples, layout: str = "mono") -> Path:
    """Write 16 kHz samples (one channel, or (2, samples) for stereo)."""
    codec, kind = CODECS["".join(path.suffixes)]
    rows = np.atleast_2d(samples)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=SAMPLE_RATE, layout=layout)
        assert isinstance(stream, av.AudioStream)
        stream.format = av.AudioFormat(kind)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(rows), "fltp", layout)
        frame.sample_rate = SAMPLE_RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def loudness(samples: Samples) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(np.square(samples))))


def pitch_hz(samples: Samples, rate: int) -> float:
    """The loudest frequency."""
    spectrum = np.abs(np.fft.rfft(samples))
    return float(spectrum.argmax() * rate / len(samples))
