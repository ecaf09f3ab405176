"""Recordings and tiny graphs."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cpu_engine.audio_samples import Samples, decode
from nvidia_engine.device import Device
from nvidia_engine.sessions import Recognizer, StreamingDiarizer
from tests.nvidia_engine.models_folder import TINY

CLINIC = Path(__file__).parents[2] / "benchmarks/clinic"


@pytest.fixture(scope="session")
def cpu() -> Device:
    return Device("cpu", threads=1)


@pytest.fixture(scope="session")
def meeting() -> Samples:
    """The clinic meeting in one track: what the reference numbers were made with."""
    return decode(CLINIC / "mono.flac")


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
