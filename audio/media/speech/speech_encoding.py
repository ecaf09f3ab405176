"""Speech in every format: as a stream at another rate, and silence as a whole."""

import struct
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from audio.media.encoding import wav
from audio.media.resampling import Resampler

Samples = NDArray[np.int16]
Encoded = Generator[bytes, None, None]
# The content type of each format of speech.
SPEECH_TYPES = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}
LOWEST_RATE, HIGHEST_RATE = 8_000, 48_000
_MPEG_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
# What the encoders take; the other formats have every rate.
_ENCODER_RATES = {
    "mp3": _MPEG_RATES,
    "aac": _MPEG_RATES,
    "opus": (8_000, 12_000, 16_000, 24_000, 48_000),
}
# The rate of Kokoro's speech, and a length that every player plays.
SILENCE_RATE = 24_000
SILENCE_S = 0.5
# The size of a stream whose end is not known yet.
_UNKNOWN = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class _Container:
    """FFmpeg's names of a container and its codec; `bits_a_sample`: lossy, and how much so."""

    name: str
    codec: str
    bits_a_sample: int = 0


_CONTAINERS = {
    # Transparent for speech.
    "mp3": _Container("mp3", "libmp3lame", 4),
    "opus": _Container("ogg", "libopus", 2),
    "aac": _Container("adts", "aac", 4),
    "flac": _Container("flac", "flac"),
}
_MOST_BITS_A_S = 128_000
# Ogg's pages last a second by default, which speech would begin late by.
_OPTIONS = {"flush_packets": "1", "page_duration": "200000"}


def rates_of(form: str) -> tuple[int, ...] | None:
    """Return the rates (Hz) that a format can have; None where it has all."""
    return _ENCODER_RATES.get(form)


def encode(blocks: Iterable[Samples], rate: int, wanted: int, form: str) -> Encoded:
    """Encode blocks of samples at `rate` as a stream at the `wanted` rate (Hz).

    The resampler's state goes on from block to block: their borders are not heard.
    """
    resampled = blocks if rate == wanted else _resampled(blocks, rate, wanted)
    match form:
        case "pcm":
            yield from (block.tobytes() for block in resampled)
        case "wav":
            yield _wav_header(wanted)
            yield from (block.tobytes() for block in resampled)
        case _:
            yield from _encoded(resampled, wanted, _CONTAINERS[form])


@lru_cache(maxsize=64)
def silence(form: str, rate: int = SILENCE_RATE) -> bytes:
    """Encode half a second of silence as mp3, opus (in Ogg), aac (ADTS), flac, wav or pcm."""
    samples = np.zeros(int(rate * SILENCE_S), np.int16)
    if form == "wav":
        return wav(samples, rate)
    return b"".join(encode([samples], rate, rate, form))


def _resampled(blocks: Iterable[Samples], rate: int, wanted: int) -> Iterator[Samples]:
    resampler = Resampler(rate, wanted, np.int16)
    for block in blocks:
        yield from resampler.feed(block)
    yield from resampler.rest()


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


def _encoded(blocks: Iterable[Samples], rate: int, kind: _Container) -> Iterator[bytes]:
    sink, at = _Sink(), 0
    with av.open(sink, "w", format=kind.name, container_options=_OPTIONS) as container:
        stream = cast(AudioStream, container.add_stream(kind.codec, rate=rate, layout="mono"))
        if kind.bits_a_sample:
            stream.bit_rate = min(kind.bits_a_sample * rate, _MOST_BITS_A_S)
        for block in blocks:
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(block[np.newaxis]), format="s16", layout="mono"
            )
            frame.sample_rate, frame.pts = rate, at
            at += len(block)
            container.mux(stream.encode(frame))
            if written := sink.take():
                yield written
        container.mux(stream.encode(None))
    yield sink.take()


def _wav_header(rate: int) -> bytes:
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", _UNKNOWN, b"WAVE", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16),
        *(b"data", _UNKNOWN),
    )
