"""Recordings, tiny graphs, and one running engine over them."""

import io
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cpu_engine.audio_samples import Samples, decode
from nvidia_engine.device import Device
from nvidia_engine.features import SAMPLE_RATE
from nvidia_engine.sessions import Recognizer, StreamingDiarizer
from tests.nvidia_engine.http.engine_process import EngineProcess, running_engine, wait_healthy
from tests.nvidia_engine.models_folder import TINY, make_models_folder

CLINIC = Path(__file__).parents[2] / "benchmarks/clinic"
# Seconds of audio that the running engine takes on.
QUEUE_S = 130


@pytest.fixture(scope="session")
def cpu() -> Device:
    return Device("cpu", threads=1)


@pytest.fixture(scope="session")
def meeting() -> Samples:
    """The clinic meeting in one track: what the reference numbers were made with."""
    return decode(CLINIC / "mono.flac")


@pytest.fixture(scope="session")
def clip(meeting: Samples) -> bytes:
    """Thirty seconds: two windows of words, two steps of turns."""
    return wav_of(meeting[: 30 * SAMPLE_RATE])


@pytest.fixture(scope="session")
def recognizer(cpu: Device) -> Recognizer:
    return Recognizer(TINY / "encoder-model.onnx", TINY / "decoder_joint-model.onnx", cpu)


@pytest.fixture(scope="session")
def sortformer(cpu: Device) -> StreamingDiarizer:
    return StreamingDiarizer(TINY / "sortformer.onnx", cpu)


@pytest.fixture(scope="session")
def nemotron(cpu: Device) -> StreamingDiarizer:
    return StreamingDiarizer(TINY / "nemotron3.onnx", cpu)


@pytest.fixture(scope="session")
def reference() -> dict[str, NDArray[np.float32]]:
    """What NeMo 3.0.0 and transformers 5.24.0 answered for the same graphs."""
    return dict(np.load(TINY / "reference.npz"))


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_models_folder(tmp_path_factory.mktemp("tiny") / "models")


@pytest.fixture(scope="session")
def engine(tiny_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineProcess]:
    """An engine as in production; a test that loses its child waits until it is healthy."""
    log = tmp_path_factory.mktemp("engine") / "log"
    with running_engine(
        tiny_models, log, DEVICE="auto", MAX_QUEUE_S=str(QUEUE_S), MAX_UPLOAD_MB="16"
    ) as engine:
        wait_healthy(engine)
        yield engine


def wav_of(samples: Samples) -> bytes:
    """Write samples as WAV."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    return buffer.getvalue()
