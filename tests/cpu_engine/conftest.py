"""An engine on a real port, and recordings to ask it about."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from cpu_engine.decoding import SAMPLE_RATE, Samples, decode
from tests.cpu_engine.recordings import write_recording

ROOT = Path(__file__).parents[2]
CLINIC = ROOT / "benchmarks/clinic"
START_S = 60


@pytest.fixture(scope="session")
def engine_url() -> Iterator[str]:
    """The engine that the environment names, else one of our own."""
    if url := os.environ.get("PARAKEET_URL"):
        yield url
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", "python:cpu_engine.server"]
    server = subprocess.Popen([*gunicorn, "cpu_engine.wsgi", "--bind", f"127.0.0.1:{port}"])
    try:
        _wait_until_healthy(url)
        yield url
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(scope="session")
def engine(engine_url: str) -> Iterator[httpx.Client]:
    """A client of that engine."""
    with httpx.Client(base_url=engine_url, timeout=120, trust_env=False) as client:
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


def _wait_until_healthy(url: str) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{url}/health", trust_env=False).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("the engine did not start")
