"""A client of the built-in engine, and recordings to send it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from cpu_engine.audio_samples import SAMPLE_RATE, Samples, decode
from tests.cpu_engine.recordings import write_recording
from tests.environment import engine_urls

ROOT = Path(__file__).parents[2]
CLINIC = ROOT / "benchmarks/clinic"


@pytest.fixture(scope="session")
def engine() -> Iterator[httpx.Client]:
    """A client of the built-in engine."""
    url = engine_urls()["PARAKEET_URL"]
    with httpx.Client(base_url=url, timeout=120, trust_env=False) as client:
        yield client


@pytest.fixture(scope="session")
def meeting() -> Samples:
    """The first 20 s of the clinic meeting: three people."""
    return decode(CLINIC / "mic.flac")[: 20 * SAMPLE_RATE]


@pytest.fixture(scope="session")
def meeting_file(meeting: Samples, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_recording(tmp_path_factory.mktemp("meeting") / "meeting.wav", meeting)


@pytest.fixture
def tone() -> Samples:
    """One second of 440 Hz."""
    times = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    return (0.5 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)
