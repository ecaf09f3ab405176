"""Log-mel features, as NeMo's AudioToMelSpectrogramPreprocessor computes them.

Source: NeMo 3.0.0, ``nemo/collections/asr/parts/preprocessing/features.py``
(``FilterbankFeatures``), with ``dither=0`` and ``pad_to=0``.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


class SampleSource(Protocol):
    """Samples that are read in parts: an array, or a file of any length."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> Samples: ...


Features = NDArray[np.float32]
Lengths = NDArray[np.int64]

SAMPLE_RATE = 16_000
HOP = 160
FRAMES_PER_S = SAMPLE_RATE // HOP
# The lengths that batches are padded to, in seconds: few shapes, so that memory arenas and
# searches for kernels settle.
BUCKETS_S = (5, 10, 16, 25)
_LENGTH, _FFT = 400, 512
_MARGIN = _FFT // 2
_PREEMPHASIS = 0.97
_GUARD = 2.0**-24
# Rows are always computed in blocks that begin at multiples of this: a matrix product of another
# height may round differently, and a stream must give the rows of the whole file, bit by bit.
_BLOCK = 1024
# Slaney's mel scale: linear to 1 kHz (15 mel), then 27 steps for each factor of 6.4.
_LINEAR_HZ, _BREAK_MEL, _BREAK_HZ, _LOG_STEP = 200 / 3, 15, 1000, np.log(6.4) / 27
_GROUPS = 8
WINDOW = np.pad(np.hanning(_LENGTH), (_FFT - _LENGTH) // 2)


def frame_count(samples: int) -> int:
    """Count the mel frames of that many samples."""
    return samples // HOP


def mel_rows(samples: SampleSource, start: int, end: int, bands: int) -> Features:
    """Compute the log-mel rows from `start` to `end` (10 ms frames) of a recording.

    Parameters
    ----------
    samples
        (n,) at 16 kHz; only what the rows need is read.
    start, end
        Frames; `end` is cut to the recording's last frame.

    Returns
    -------
    (rows, bands) float32.
    """
    end = min(end, frame_count(len(samples)))
    blocks = [
        _block(samples, first, bands) for first in range(start - start % _BLOCK, end, _BLOCK)
    ]
    if not blocks:
        return np.zeros((0, bands), np.float32)
    offset = start % _BLOCK
    return np.concatenate(blocks)[offset : offset + end - start]


def bucket_s(seconds: float) -> float:
    """Return the length that an input of a batch is padded to; longer ones keep their own."""
    return next((size for size in BUCKETS_S if seconds <= size), seconds)


def padded_batch(features: Sequence[Features], least_s: float = 0) -> tuple[Features, Lengths]:
    """Stack features (frames, bands) into a batch of a bucket's length.

    Returns
    -------
    (batch, bands, frames) with zeros at the ends, and (batch,) the frames that are not padding.
    """
    lengths = np.array([len(rows) for rows in features], np.int64)
    longest_s = max(float(lengths.max()) / FRAMES_PER_S, least_s)
    frames = math.ceil(bucket_s(longest_s) * FRAMES_PER_S)
    batch = np.zeros((len(features), features[0].shape[1], frames), np.float32)
    for row, own in zip(batch, features, strict=True):
        row[:, : len(own)] = own.T
    return batch, lengths


def normalize(features: Features) -> Features:
    """Subtract each band's mean over time and divide by its unbiased deviation ("per_feature")."""
    centred = features - features.mean(axis=0)
    deviation = features.std(axis=0, ddof=1) if len(features) > 1 else np.zeros(features.shape[1])
    return np.asarray(centred / (deviation + 1e-5), np.float32)


def _block(samples: SampleSource, first: int, bands: int) -> Features:
    """Compute _BLOCK rows from frame `first` on, with zeros beyond the recording's ends."""
    begin = first * HOP - _MARGIN
    wave = _emphasized(samples, begin, begin + (_BLOCK - 1) * HOP + _FFT)
    frames = np.lib.stride_tricks.sliding_window_view(wave, _FFT)[::HOP]
    power = np.abs(np.fft.rfft(frames * WINDOW, axis=1)) ** 2
    mel = np.concatenate(
        [power[:, bins] @ weights for bins, weights in _filter_groups(bands)], axis=1
    )
    return np.log(mel + _GUARD).astype(np.float32)


def _emphasized(samples: SampleSource, begin: int, end: int) -> Samples:
    """Pre-emphasize samples from `begin` to `end`; zeros stand where the recording has none.

    The first sample of a recording stays as it is.
    """
    inside = slice(max(begin, 0), min(end, len(samples)))
    current = np.asarray(samples[inside], np.float32)
    before = np.asarray(samples[max(inside.start - 1, 0) : max(inside.stop - 1, 0)], np.float32)
    if inside.start == 0:
        before = np.concatenate([np.zeros(1, np.float32), before])
    wave = current - np.float32(_PREEMPHASIS) * before[: len(current)]
    return np.pad(wave, (inside.start - begin, end - inside.start - len(wave)))


@lru_cache(maxsize=4)
def mel_filters(bands: int) -> NDArray[np.float64]:
    """Build Slaney's triangular filters from 0 to 8 kHz, each of the same area.

    Returns
    -------
    (bands, 257), what ``librosa.filters.mel`` gives for 16 kHz and 512 points.
    """
    highest = _BREAK_MEL + np.log(SAMPLE_RATE / 2 / _BREAK_HZ) / _LOG_STEP
    edges = _hertz(np.linspace(0, highest, bands + 2))
    distance = edges[:, None] - np.linspace(0, SAMPLE_RATE / 2, _FFT // 2 + 1)[None]
    width = np.diff(edges)[:, None]
    rise, fall = -distance[:-2] / width[:-1], distance[2:] / width[1:]
    area = 2 / (edges[2:] - edges[:-2])
    return np.asarray(np.maximum(0, np.minimum(rise, fall)) * area[:, None])


@lru_cache(maxsize=4)
def _filter_groups(bands: int) -> list[tuple[slice, NDArray[np.float64]]]:
    """Cut the filters into groups of neighbours, each with the bins that they hear.

    Most filters are zero at most bins: a tenth of the products is left.
    """
    groups = []
    for filters in np.array_split(mel_filters(bands), _GROUPS):
        heard = np.flatnonzero(filters.any(axis=0))
        bins = slice(int(heard[0]), int(heard[-1]) + 1)
        groups.append((bins, np.ascontiguousarray(filters[:, bins].T)))
    return groups


def _hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    above = _BREAK_HZ * np.exp(_LOG_STEP * (mel - _BREAK_MEL))
    return np.where(mel < _BREAK_MEL, mel * _LINEAR_HZ, above)
