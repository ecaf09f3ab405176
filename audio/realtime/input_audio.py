"""The audio that clients append: 16-bit PCM at 24 kHz, or G.711 at 8 kHz, as 16 kHz samples."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from audio.media.decoding import SAMPLE_RATE
from audio.media.resampling import Resampler

Samples = NDArray[np.int16]
_SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """A format of appended audio: its media type, its name in the beta API, its rate in Hz."""

    type: str
    beta_name: str
    rate: int
    sample_bytes: int = 1

    @property
    def bytes_a_second(self) -> int:
        """How many bytes a second of it takes."""
        return self.rate * self.sample_bytes


PCM = AudioFormat("audio/pcm", "pcm16", 24_000, _SAMPLE_BYTES)
ULAW = AudioFormat("audio/pcmu", "g711_ulaw", 8_000)
ALAW = AudioFormat("audio/pcma", "g711_alaw", 8_000)
FORMATS = (PCM, ULAW, ALAW)


class InputAudio:
    """Decodes one stream of appended audio: what is appended until a commit or a clear."""

    def __init__(self, form: AudioFormat) -> None:
        self.format = form
        self._resampler = Resampler(form.rate, SAMPLE_RATE, np.int16)
        self._rest = b""
        self._read = self._written = 0

    @property
    def waiting(self) -> int:
        """How many samples depend on what follows."""
        return self._resampled(self._read) - self._written

    def coming(self, content: bytes) -> int:
        """Return how many samples there are once these bytes are decoded, with those that wait."""
        more = (len(self._rest) + len(content)) // self.format.sample_bytes
        return self._resampled(self._read + more) - self._written

    def decode(self, content: bytes) -> Samples:
        """Return the samples of the next bytes; half a sample waits for its other byte."""
        if self.format is PCM:
            content = self._rest + content
            whole = len(content) // _SAMPLE_BYTES * _SAMPLE_BYTES
            self._rest = content[whole:]
            samples = np.frombuffer(content[:whole], "<i2").astype(np.int16, copy=False)
        else:
            samples = expansion(self.format)[np.frombuffer(content, np.uint8)]
        if not len(samples):
            return samples
        decoded = np.concatenate([samples[:0], *self._resampler.feed(samples)])
        self._read += len(samples)
        self._written += len(decoded)
        return decoded

    def finish(self) -> Samples:
        """Return the last samples; nothing may follow, and half a sample is dropped."""
        return np.concatenate([np.empty(0, np.int16), *self._resampler.rest()])

    def _resampled(self, samples: int) -> int:
        return math.ceil(samples * SAMPLE_RATE / self.format.rate)


@cache
def expansion(form: AudioFormat) -> Samples:
    """Return the 16-bit sample of each of the 256 codes of G.711.

    Source: ITU-T G.711 (11/1988), tables 1 and 2; the 14 and 13 bits are scaled to 16.
    """
    codes = np.arange(256)
    return _ulaw(~codes & 0xFF) if form is ULAW else _alaw(codes ^ 0x55)


def _ulaw(codes: NDArray[np.int64]) -> Samples:
    """Expand inverted codes: a sign, three bits of the segment, four of the step in it."""
    segment, step = codes >> 4 & 7, codes & 15
    magnitude = ((2 * step + 33 << segment) - 33) << 2
    return np.where(codes & 0x80, -magnitude, magnitude).astype(np.int16)


def _alaw(codes: NDArray[np.int64]) -> Samples:
    """Expand codes whose even bits were inverted; a set sign means positive."""
    segment, step = codes >> 4 & 7, codes & 15
    first, later = 2 * step + 1, 2 * step + 33 << np.maximum(segment - 1, 0)
    magnitude = np.where(segment == 0, first, later) << 3
    return np.where(codes & 0x80, magnitude, -magnitude).astype(np.int16)
