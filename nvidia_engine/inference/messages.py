"""The messages between the engine and its child process."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nvidia_engine.diarization.geometry import DiarizerFacts
from nvidia_engine.inference.units import Kind


@dataclass(frozen=True, slots=True)
class Ready:
    """The models of a child are loaded."""

    device: str
    diarizer: DiarizerFacts
    recognizer_bands: int
    embedder_bands: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A child cannot start, and another start would not help: the reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A batch failed: the class and the text of the exception."""

    error: str
    text: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Inputs of one kind for one run of a model."""

    kind: Kind
    payloads: Sequence[Any]
