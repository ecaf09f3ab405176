"""Plain WAV, read without a decoder: most recorders send samples behind a short header.

Only integers of 16 bits and floats of 32 bits are read here. Every other kind of WAV goes to the
decoder.

Source: Multimedia Programming Interface and Data Specifications 1.0 (1991), and Microsoft's
"Multiple channel audio data and WAVE files" for the extensible header.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from audio.media.decoders.protocol import SAMPLE_RATES
from audio.media.decoders.sound_energy import measure_energy, mixed
from audio.media.resampling import Resampler

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
Samples = NDArray[np.float32]
Kind = np.dtype[np.int16] | np.dtype[np.float32]
_KINDS: dict[tuple[int, int], Kind] = {
    (_PCM, 16): np.dtype("<i2"),
    (_FLOAT, 32): np.dtype("<f4"),
}
_MAX_CHANNELS = 64
# No recorder writes more chunks.
_MAX_CHUNKS = 1000
# At 16 bits, as many samples as `audio.merge.tracks.loudness` takes at a time.
_BLOCK_BYTES = 128 * 1024
# Trailers outside of chunks, such as ID3 tags, are shorter.
_LEAST_SOUND_S = 0.5
# Spans of a second by which the channels are compared.
_PROBES = 64
# What writers of streams declare, because they do not know the length yet.
_UNKNOWN_SIZES = range(0x7FFF0000, 0x1_0000_0000)


@dataclass(frozen=True)
class PlainWav:
    """Where the samples are in a file; a frame is one sample of each channel.

    `following` are the samples of another chunk, or of another WAV that was joined to this one.
    `missing_s` are the seconds that the header declares beyond the end of the file.
    """

    path: Path
    kind: Kind
    channels: int
    rate: int
    offset: int
    frames: int
    following: "PlainWav | None" = None
    missing_s: float = 0.0

    @property
    def seconds(self) -> float:
        after_s = 0.0 if self.following is None else self.following.seconds
        return self.frames / self.rate + after_s

    @cached_property
    def channel(self) -> int | None:
        """The channel to hear, None for the mean of all; by up to 64 seconds of the recording."""
        if self.channels == 1:
            return None
        blocks = (self._by_channel(block) for block in self._probes())
        return measure_energy(blocks, self.rate).channel

    def blocks(self, rate: int) -> Iterator[Samples]:
        """Yield the samples in [-1, 1] at this rate (Hz), on one channel."""
        blocks = map(self._mono, self._raw_blocks(self.offset, self.frames))
        yield from blocks if rate == self.rate else _resampled(blocks, self.rate, rate)
        if self.following is not None:
            yield from self.following.blocks(rate)

    def _raw_blocks(self, offset: int, frames: int) -> Iterator[NDArray[np.number]]:
        frame = self.kind.itemsize * self.channels
        left = frames * frame
        with self.path.open("rb") as file:
            file.seek(offset)
            while left and (block := file.read(min(left, _BLOCK_BYTES // frame * frame))):
                left -= len(block)
                yield np.frombuffer(block, self.kind, len(block) // frame * self.channels)

    def _probes(self) -> Iterator[NDArray[np.number]]:
        """Yield up to 64 spans of a second, evenly spread over the recording."""
        spans = max(1, min(_PROBES, self.frames // self.rate))
        for start in np.linspace(0, max(0, self.frames - self.rate), spans, dtype=int).tolist():
            offset = self.offset + start * self.kind.itemsize * self.channels
            yield from self._raw_blocks(offset, min(self.rate, self.frames))

    def _by_channel(self, samples: NDArray[np.number]) -> Samples:
        scale = np.float32(1 / 32_768 if self.kind.kind == "i" else 1)
        scaled: Samples = np.multiply(samples, scale, dtype=np.float32)
        return scaled.reshape(-1, self.channels).T

    def _mono(self, samples: NDArray[np.number]) -> Samples:
        by_channel = self._by_channel(samples)
        return by_channel[0] if self.channels == 1 else mixed(by_channel, self.channel)


def plain_wav(path: Path) -> PlainWav | None:
    """Find the samples of a plain WAV, up to the end of the file; None for any other file.

    A file may hold several chunks with samples, and several WAVs end to end.
    """
    whole: PlainWav | None = None
    for samples, _ in reversed(list(_sample_chunks(path))):
        if samples is None:
            return None
        whole = replace(samples, following=whole)
    return whole


@dataclass(frozen=True, slots=True)
class SampleChunks:
    """How many chunks with samples a WAV of any kind has, and the seconds missing at its end."""

    count: int
    missing_s: float


def sample_chunks(path: Path) -> SampleChunks:
    """Find the chunks with samples of a WAV of any kind; none in another file."""
    chunks = list(_sample_chunks(path))
    return SampleChunks(len(chunks), chunks[-1].missing_s if chunks else 0.0)


class _Chunk(NamedTuple):
    """The samples of a chunk, None where they are not plain, and the seconds missing of it."""

    samples: PlainWav | None
    missing_s: float


def _sample_chunks(path: Path) -> Iterator[_Chunk]:
    form, had_samples, length = b"", False, path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            return
        for _ in range(_MAX_CHUNKS):
            begin = file.tell()
            if begin >= length:
                return
            name, size = struct.unpack("<4sI", file.read(8).ljust(8, b"\0"))
            if had_samples and _is_sound(form, name, length - begin):
                # The writer did not update the header when it wrote on.
                file.seek(begin)
                yield _Chunk(_plain(file, path, form, length - begin, 0.0), 0.0)
                return
            after = file.tell() + size + size % 2
            if name == b"RIFF" and file.read(4) == b"WAVE":
                continue
            if name == b"data" and size:
                had_samples = True
                missing_s = _missing_s(form, size, length - file.tell())
                yield _Chunk(_plain(file, path, form, size, missing_s), missing_s)
            if name == b"fmt ":
                form = file.read(min(size, 40))
            file.seek(after)


def _is_sound(form: bytes, name: bytes, left: int) -> bool:
    """Whether what follows the samples is no chunk, and long enough to be more of them."""
    is_chunk = name.isascii() and name.decode("ascii").isprintable()
    # Zeros are room that a recorder reserved.
    return not is_chunk and any(name) and _seconds(form, left) >= _LEAST_SOUND_S


def _missing_s(form: bytes, size: int, left: int) -> float:
    """Return the seconds that a chunk declares beyond the end of the file."""
    return 0.0 if size in _UNKNOWN_SIZES else _seconds(form, max(0, size - left))


def _seconds(form: bytes, size: int) -> float:
    """Return how long this many bytes of samples last, by the format's bytes in a second."""
    (bytes_a_second,) = struct.unpack_from("<I", form, 8) if len(form) >= 16 else (0,)
    return size / bytes_a_second if bytes_a_second else 0.0


def _plain(
    file: IO[bytes], path: Path, form: bytes, size: int, missing_s: float
) -> PlainWav | None:
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
    if frames <= 0:
        return None
    return PlainWav(path, kind, channels, rate, file.tell(), frames, missing_s=missing_s)


def _resampled(blocks: Iterator[Samples], rate: int, wanted: int) -> Iterator[Samples]:
    resampler = Resampler(rate, wanted, np.float32)
    for block in blocks:
        yield from resampler.feed(block)
    yield from resampler.rest()
