"""Embeddings of voices: one vector of 192 numbers from 80 log-mel bands.

Source: CAM++ (arXiv 2303.00332) and the features it was trained on: Kaldi's filter bank of
80 bands in frames of 25 ms every 10 ms, less its mean over the frames used.
"""

from pathlib import Path

import kaldi_native_fbank
import numpy as np
from numpy.typing import NDArray

from cpu_engine.audio_samples import SAMPLE_RATE, Samples
from cpu_engine.sessions import open_session

MEL_BINS = 80
HOP_S = 0.010
FRAME_S = 0.025
# One minute at a time, so that the filter bank's own copy stays small.
BLOCK = 60 * SAMPLE_RATE

Features = NDArray[np.float32]
Vector = NDArray[np.float32]


def log_mel(samples: Samples) -> Features:
    """Filter bank of (samples,) at 16 kHz in [-1, 1]: (frames, 80), natural logarithm.

    Empty for less than one frame of 25 ms.
    """
    hop, size = round(HOP_S * SAMPLE_RATE), round(FRAME_S * SAMPLE_RATE)
    features = np.empty((max(0, 1 + (len(samples) - size) // hop), MEL_BINS), np.float32)
    bank = kaldi_native_fbank.OnlineFbank(_options())
    done = 0
    for start in range(0, len(samples), BLOCK):
        bank.accept_waveform(SAMPLE_RATE, samples[start : start + BLOCK])
        ready = bank.num_frames_ready
        for frame in range(done, ready):
            features[frame] = bank.get_frame(frame)
        bank.pop(ready - done)
        done = ready
    return features


def centres(features: Features) -> NDArray[np.float64]:
    """Give the time of each feature frame's centre in s, (frames,)."""
    return FRAME_S / 2 + HOP_S * np.arange(len(features), dtype=np.float64)


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale to length 1 along the last axis; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: NDArray[np.float32] = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
    return scaled


class Embedder:
    """The embedding network."""

    def __init__(self, model: Path, threads: int) -> None:
        self._session = open_session(model, threads)

    def __call__(self, features: Features) -> Vector:
        """Fingerprint of (frames, 80) log-mel features of one voice: (192,), of length 1."""
        batch = (features - features.mean(axis=0))[None]
        (vectors,) = self._session.run(["fingerprints"], {"features": batch})
        return unit(np.asarray(vectors)[0])


def _options() -> kaldi_native_fbank.FbankOptions:
    options = kaldi_native_fbank.FbankOptions()
    options.frame_opts.dither = 0
    options.mel_opts.num_bins = MEL_BINS
    return options
