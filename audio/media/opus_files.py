"""Recordings as Opus in Ogg, mono, with the peaks of their waveform; and parts of such a file.

The files that are read here were written here: they are not a stranger's.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import av
import numpy as np
from numpy.typing import NDArray

from audio.media import temporary_files
from audio.media.decoding import SAMPLE_RATE, sample_blocks
from audio.media.encoding import pcm
from audio.media.recording import Recording
from audio.merge.values import Span

BIT_RATE = 24_000
PEAKS_PER_S = 20
_PEAK_SAMPLES = SAMPLE_RATE // PEAKS_PER_S
# What a decoder of Opus needs before the first sample that it is to give right.
_PRE_ROLL_S = 0.2
_FRAME_SAMPLES = SAMPLE_RATE

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class OpusFile:
    """A recording as Opus; `peaks` has a byte for each 1/PEAKS_PER_S of a second."""

    path: Path
    seconds: float
    peaks: bytes


@contextmanager
def opus_file(recording: Recording, *, silent: Sequence[Span] = ()) -> Iterator[OpusFile]:
    """Write a recording as Opus, silent within these spans; the file is deleted after the block.

    Raises
    ------
    UnusableAudio, NoRoom
    """
    with TemporaryDirectory(dir=temporary_files.folder(), prefix="opus-") as folder:
        path = Path(folder, "recording.opus")
        with closing(sample_blocks(recording)) as blocks:
            seconds, peaks = _encode(_silenced(blocks, silent), path)
        yield OpusFile(path, seconds, peaks)


def read_span(file: IO[bytes], span: Span) -> NDArray[np.int16]:
    """Return the 16 kHz samples of a span of an Opus file, with silence past its end."""
    wanted = round((span.end - span.start) * SAMPLE_RATE)
    found = np.zeros(wanted, np.int16)
    file.seek(0)
    with av.open(file, "r", format="ogg") as container:
        stream = container.streams.audio[0]
        seek_s = max(0.0, span.start - _PRE_ROLL_S)
        if seek_s:
            container.seek(round(seek_s * 1_000_000))
        resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
        at: int | None = None
        for frame in container.decode(stream):
            if at is None:
                at = round((frame.time or 0.0) * SAMPLE_RATE) - round(span.start * SAMPLE_RATE)
            for resampled in resampler.resample(frame):
                samples = resampled.to_ndarray().reshape(-1).astype(np.int16, copy=False)
                _copy(samples, found, at)
                at += len(samples)
            if at >= wanted:
                break
    return found


def _copy(samples: NDArray[np.int16], into: NDArray[np.int16], at: int) -> None:
    """Copy samples to a place, which may be partly outside."""
    start, end = max(at, 0), min(at + len(samples), len(into))
    if start < end:
        into[start:end] = samples[start - at : end - at]


def _encode(blocks: Iterable[Samples], path: Path) -> tuple[float, bytes]:
    """Encode samples; return their length in seconds, and their peaks."""
    count, peaks, rest = 0, bytearray(), np.empty(0, np.float32)
    with av.open(path, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=SAMPLE_RATE, layout="mono")
        stream.bit_rate = BIT_RATE
        for block in blocks:
            temporary_files.check_room(len(block))
            for part in np.split(block, range(_FRAME_SAMPLES, len(block), _FRAME_SAMPLES)):
                container.mux(stream.encode(_frame(part, count)))
                count += len(part)
            rest = np.concatenate([rest, block])
            whole = len(rest) // _PEAK_SAMPLES * _PEAK_SAMPLES
            peaks += _peaks(rest[:whole].reshape(-1, _PEAK_SAMPLES))
            rest = rest[whole:]
        container.mux(stream.encode(None))
    return count / SAMPLE_RATE, bytes(peaks + _peaks(rest.reshape(1, -1) if rest.size else None))


def _frame(samples: Samples, at: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(pcm(samples).reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate, frame.pts = SAMPLE_RATE, at
    return frame


def _peaks(windows: NDArray[np.float32] | None) -> bytes:
    """Return the greatest absolute sample of each row, as a byte."""
    if windows is None or not windows.size:
        return b""
    loudest = np.abs(windows).max(axis=1)
    found: bytes = (np.clip(loudest, 0.0, 1.0) * 255).round().astype(np.uint8).tobytes()
    return found


def _silenced(blocks: Iterable[Samples], spans: Sequence[Span]) -> Iterator[Samples]:
    at = 0
    for block in blocks:
        silenced = block.copy() if spans else block
        for span in spans:
            start, end = round(span.start * SAMPLE_RATE) - at, round(span.end * SAMPLE_RATE) - at
            silenced[max(start, 0) : max(end, 0)] = 0.0
        yield silenced
        at += len(block)
