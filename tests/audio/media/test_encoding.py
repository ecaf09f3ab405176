"""Samples encoded as a WAV."""

from pathlib import Path

import numpy as np
import pytest

from audio.media.decoding import sample_blocks
from audio.media.encoding import pcm, wav
from audio.media.recording import Recording


def test_samples_are_read_as_they_were_written(tmp_path: Path) -> None:
    samples = np.linspace(-0.5, 0.5, 4_000, dtype=np.float32)
    path = tmp_path / "a.wav"

    path.write_bytes(wav(pcm(samples)))

    assert np.concatenate(list(sample_blocks(Recording(path)))) == pytest.approx(samples, abs=1e-4)


def test_samples_over_full_scale_are_cut_off_not_wrapped(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"

    path.write_bytes(wav(pcm(np.array([1.5, -1.5], dtype=np.float32))))

    assert next(sample_blocks(Recording(path))) == pytest.approx([1.0, -1.0], abs=1e-4)
