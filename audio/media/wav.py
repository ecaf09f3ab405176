"""Plain WAV, read without a decoder: most recorders send samples behind a short header.

Only integers of 16 bits and floats of 32 bits are read here. Every other kind of WAV goes to the
decoder.

Source: Multimedia Programming Interface and Data Specifications 1.0 (1991), and Microsoft's
"Multiple channel audio data and WAVE files" for the extensible header.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from audio.media.decoders.protocol import SAMPLE_RATES

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
Samples = NDArray[np.float32]
Kind = np.dtype[np.int16] | np.dtype[np.float32]
_KINDS: dict[tuple[int, int], Kind] = {
    (_PCM, 16): np.dtype("<i2"),
    (_FLOAT, 32): np.dtype("<f4"),
}
_MAX_CHANNELS = 64
# No recorder writes more chunks before its samples.
_MAX_CHUNKS = 64
# At 16 bits, as many samples as `audio.merge.tracks.loudness` takes at a time.
_BLOCK_BYTES = 128 * 1024


@dataclass(frozen=True, slots=True)
class PlainWav:
    """Where the samples are in a file; a frame is one sample of each channel."""

    path: Path
    kind: Kind
    channels: int
    rate: int
    offset: int
    frames: int

    @property
    def seconds(self) -> float:
        return self.frames / self.rate

    def blocks(self, rate: int) -> Iterator[Samples]:
        """Yield the samples in [-1, 1] at this rate (Hz), channels averaged."""
        blocks = map(self._mono, self._raw_blocks())
        return blocks if rate == self.rate else _resampled(blocks, self.rate, rate)

    def _raw_blocks(self) -> Iterator[NDArray[np.number]]:
        frame = self.kind.itemsize * self.channels
        left = self.frames * frame
        with self.path.open("rb") as file:
            file.seek(self.offset)
            while left and (block := file.read(min(left, _BLOCK_BYTES // frame * frame))):
                left -= len(block)
                yield np.frombuffer(block, self.kind, len(block) // frame * self.channels)

    def _mono(self, samples: NDArray[np.number]) -> Samples:
        scale = np.float32(1 / 32_768 if self.kind.kind == "i" else 1)
        scaled: Samples = np.multiply(samples, scale, dtype=np.float32)
        if self.channels == 1:
            return scaled
        averaged: Samples = scaled.reshape(-1, self.channels).mean(axis=1, dtype=np.float32)
        return averaged


def plain_wav(path: Path) -> PlainWav | None:
    """Find the samples of a plain WAV, up to the end of the file; None for any other file."""
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            return None
        form = b""
        for _ in range(_MAX_CHUNKS):
            name, size = struct.unpack("<4sI", file.read(8).ljust(8, b"\0"))
            if name == b"data":
                return _plain(file, path, form, size)
            if name == b"fmt ":
                form = file.read(min(size, 40))
                size -= len(form)
            file.seek(size + size % 2, 1)
    return None


def _plain(file: IO[bytes], path: Path, form: bytes, size: int) -> PlainWav | None:
    if len(form) < 16:
        return None
    tag, channels, rate, _, frame, bits = struct.unpack_from("<HHIIHH", form)
    if tag == _EXTENSIBLE and len(form) == 40:
        (tag,) = struct.unpack_from("<H", form, 24)
    kind = _KINDS.get((tag, bits))
    if kind is None or not 0 < channels <= _MAX_CHANNELS or rate not in SAMPLE_RATES:
        return None
    if frame != kind.itemsize * channels:
        return None
    # The header of a stream, or of a recording that broke off, declares more than the file holds.
    frames = min(size, path.stat().st_size - file.tell()) // frame
    return PlainWav(path, kind, channels, rate, file.tell(), frames) if frames > 0 else None


def _resampled(blocks: Iterator[Samples], rate: int, wanted: int) -> Iterator[Samples]:
    resampler = AudioResampler(format="fltp", layout="mono", rate=wanted)
    for block in blocks:
        frame = AudioFrame.from_ndarray(block[np.newaxis], format="fltp", layout="mono")
        frame.sample_rate = rate
        yield from (part.to_ndarray()[0] for part in resampler.resample(frame))
    yield from (part.to_ndarray()[0] for part in resampler.resample(None))
