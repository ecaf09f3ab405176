"""A WAV that is read while it arrives: its rate, then its samples.

Source: as `audio.media.wav`. Kokoro-FastAPI puts a chunk of metadata before the samples, and
streams declare no length.
"""

import struct
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

_PCM, _EXTENSIBLE = 1, 0xFFFE
# What writers of streams declare, because they do not know the length yet.
UNKNOWN_SIZES = range(0x7FFF0000, 0x1_0000_0000)
# Metadata before the samples; no engine sends a tenth of it.
MAX_HEADER_BYTES = 65_536
MAX_CHANNELS = 8
LOWEST_RATE, HIGHEST_RATE = 4_000, 192_000

Samples = NDArray[np.int16]


class WavStream:
    """A WAV of 16 bits whose header has arrived; the samples are the mean of its channels.

    Raises ValueError, with what is wrong, for anything else.
    """

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks, self._read = iter(blocks), bytearray()
        self.rate, self._channels, self._left = 0, 0, 0
        head = self._take(12)
        if (head[:4], head[8:]) != (b"RIFF", b"WAVE"):
            raise ValueError("it is not a WAV")
        while not self._left:
            self._read_chunk()

    def samples(self) -> Iterator[Samples]:
        """Yield the samples as they arrive; a stream that breaks off in a sample loses it."""
        frame = 2 * self._channels
        while self._left >= frame:
            whole = min(len(self._read), self._left) // frame * frame
            if whole:
                yield self._mono(bytes(self._read[:whole]))
                del self._read[:whole]
                self._left -= whole
            elif not (block := next(self._blocks, b"")):
                return
            else:
                self._read += block

    def _mono(self, content: bytes) -> Samples:
        by_frame = np.frombuffer(content, "<i2").reshape(-1, self._channels)
        if self._channels == 1:
            return by_frame[:, 0]
        mean: Samples = by_frame.mean(axis=1).round().astype("<i2")
        return mean

    def _read_chunk(self) -> None:
        name, size = struct.unpack("<4sI", self._take(8))
        if name == b"data":
            if not self.rate:
                raise ValueError("its samples come before their format")
            # An empty chunk of samples is how some writers say that they do not know.
            self._left = 1 << 62 if size == 0 or size in UNKNOWN_SIZES else size
            return
        content = self._take(size + size % 2)
        if name == b"fmt ":
            self._read_format(content)

    def _read_format(self, content: bytes) -> None:
        if len(content) < 16:
            raise ValueError("the format of its samples is cut")
        tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", content)
        if tag == _EXTENSIBLE and len(content) >= 26:
            (tag,) = struct.unpack_from("<H", content, 24)
        if tag != _PCM or bits != 16:
            raise ValueError("its samples are not integers of 16 bits")
        if not 1 <= channels <= MAX_CHANNELS or not LOWEST_RATE <= rate <= HIGHEST_RATE:
            raise ValueError(f"it has {channels} channels at {rate} Hz")
        self.rate, self._channels = rate, channels

    def _take(self, size: int) -> bytes:
        """Return the next bytes of the header."""
        if size > MAX_HEADER_BYTES:
            raise ValueError("its header is too long")
        while len(self._read) < size:
            if not (block := next(self._blocks, b"")):
                raise ValueError("it ends within its header")
            self._read += block
        taken = bytes(self._read[:size])
        del self._read[:size]
        return taken
