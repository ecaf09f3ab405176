"""24 kHz mono samples → bytes of an audio format, as soon as they are there."""

import struct
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

SAMPLE_RATE = 24000
# Sizes of a stream whose end is not known yet.
UNKNOWN = 0xFFFFFFFF

Encoded = Generator[bytes, None, None]


@dataclass(frozen=True, slots=True)
class Container:
    """What FFmpeg calls a container and its codec; bit rates are transparent for speech."""

    name: str
    codec: str
    bit_rate: int | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """An audio format: its media type, and what makes it unless it is plain samples."""

    media_type: str
    container: Container | None = None
    header: bytes = b""


# PCM (1), one channel, 16 bits: RIFF, 44 bytes.
_WAV_HEADER = struct.pack(
    "<4sI4s4sIHHIIHH4sI",
    *(b"RIFF", UNKNOWN, b"WAVE", b"fmt ", 16, 1, 1, SAMPLE_RATE, 2 * SAMPLE_RATE, 2, 16),
    *(b"data", UNKNOWN),
)

FORMATS = {
    "mp3": Format("audio/mpeg", Container("mp3", "libmp3lame", 96_000)),
    "opus": Format("audio/ogg", Container("ogg", "libopus", 48_000)),
    "aac": Format("audio/aac", Container("adts", "aac", 96_000)),
    "flac": Format("audio/flac", Container("flac", "flac")),
    "wav": Format("audio/wav", header=_WAV_HEADER),
    "pcm": Format("audio/pcm"),
}


def encode(blocks: Iterable[NDArray[np.float32]], form: Format) -> Encoded:
    """Encode blocks of (samples,) at 24 kHz in [-1, 1], each as soon as it comes."""
    if form.container is None:
        yield form.header
        for block in blocks:
            yield _sixteen_bits(block).tobytes()
    else:
        yield from _encode(blocks, form.container)


class _Sink:
    """What FFmpeg writes to; it cannot seek, so no header waits for the end."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def take(self) -> bytes:
        taken, self._written = bytes(self._written), bytearray()
        return taken


def _encode(blocks: Iterable[NDArray[np.float32]], kind: Container) -> Encoded:
    sink = _Sink()
    options = {"flush_packets": "1"}
    with av.open(sink, "w", format=kind.name, container_options=options) as container:
        stream = cast(
            AudioStream, container.add_stream(kind.codec, rate=SAMPLE_RATE, layout="mono")
        )
        if kind.bit_rate is not None:
            stream.bit_rate = kind.bit_rate
        for frame in _frames(blocks):
            container.mux(stream.encode(frame))
            yield sink.take()
        container.mux(stream.encode(None))
    yield sink.take()


def _frames(blocks: Iterable[NDArray[np.float32]]) -> Iterator[av.AudioFrame]:
    position = 0
    for block in blocks:
        frame = av.AudioFrame.from_ndarray(_sixteen_bits(block)[None], format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        frame.pts = position
        position += len(block)
        yield frame


def _sixteen_bits(block: NDArray[np.float32]) -> NDArray[np.int16]:
    return (np.clip(block, -1, 1) * 32767).astype("<i2")
