"""What the engine and its child say to each other; it imports no onnxruntime."""

from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from nvidia_engine.device import Device
from nvidia_engine.diarization.geometry import DiarizerFacts
from nvidia_engine.inference.model_files import ModelFiles
from nvidia_engine.inference.units import Kind


@dataclass(frozen=True, slots=True)
class Ready:
    """What a child says once its models are loaded."""

    device: str
    diarizer: DiarizerFacts
    recognizer_bands: int
    embedder_bands: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a child cannot start; starting it again would not help."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a batch failed: the class and the text of the exception."""

    error: str
    text: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What a child is asked."""

    kind: Kind
    payloads: Sequence[Any]


def serve_models(connection: Connection, files: ModelFiles, device: Device, pieces: int) -> None:
    """Run the child."""
    # Here, so that the process that starts it loads neither onnxruntime nor CUDA's libraries.
    from nvidia_engine.inference.worker import serve

    serve(connection, files, device, pieces)
