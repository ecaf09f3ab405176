"""A recording as long as the talk of the samples."""

from pathlib import Path

import numpy as np
import pytest

from audio.media.recording import Recording
from tests.audio.engines.dialects.samples import LENGTH_S
from tests.recordings import SAMPLE_RATE, wav


@pytest.fixture
def talk(tmp_path: Path) -> Recording:
    path = tmp_path / "talk.wav"
    path.write_bytes(wav(np.zeros(int(LENGTH_S * SAMPLE_RATE), dtype=np.int16)))
    return Recording(path, ".wav", seconds=LENGTH_S)
