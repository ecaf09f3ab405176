"""Children that fail in known ways; what a payload says is what happens."""

import os
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from nvidia_engine.device import Device
from nvidia_engine.diarization.geometry import SORTFORMER, DiarizerFacts
from nvidia_engine.diarization.stream import StepOutput
from nvidia_engine.inference.messages import Failed, Ready, Refused
from nvidia_engine.inference.model_files import ModelFiles
from nvidia_engine.recognition.tdt import Token

READY = Ready("cpu", DiarizerFacts(SORTFORMER, 4, 128, np.zeros(3, np.float32)), 128, 80)

FAILURES = {
    "cublas": Failed("RuntimeException", "CUBLAS_STATUS_EXECUTION_FAILED"),
    "bad input": Failed("InvalidArgument", "a shape"),
}
NONSENSE: dict[str, Any] = {
    "nan activity": StepOutput(np.full((3, 4), np.nan, np.float32), np.zeros((3, 2), np.float32)),
    "nan probability": [Token(1, 0, 1, float("nan"))],
}


def serve(connection: Connection, folder: Path) -> None:
    """Answer each payload with itself, unless it names a fault; count starts in the folder."""
    (folder / str(os.getpid())).touch()
    connection.send(READY)
    while True:
        try:
            batch = connection.recv()
        except EOFError:
            return
        connection.send(_answer(batch.payloads))


def _answer(payloads: list[Any]) -> list[Any] | Failed:
    if "die" in payloads:
        os.kill(os.getpid(), signal.SIGKILL)
    if "hang" in payloads:
        time.sleep(600)
    if "memory" in payloads and len(payloads) > 1:
        return Failed("RuntimeException", "Failed to allocate memory")
    for payload in payloads:
        if payload in FAILURES:
            return FAILURES[payload]
    return [NONSENSE.get(payload, payload) for payload in payloads]


def serve_constants(
    connection: Connection, files: ModelFiles, device: Device, pieces: int, folder: Path
) -> None:
    """Answer as the models do, until a file says to answer with constants; a new child is well."""
    # Here, so that the other children start without loading onnxruntime.
    from nvidia_engine.inference.worker import Models

    told = folder / "constants"
    told.unlink(missing_ok=True)
    models = Models(files, device, pieces)
    connection.send(models.ready)
    while True:
        try:
            batch = connection.recv()
        except EOFError:
            return
        answers = models(batch)
        connection.send([_constant(one) for one in answers] if told.exists() else answers)


def _constant(answer: Any) -> Any:
    match answer:
        case StepOutput(activity, embeddings, fine):
            fine = None if fine is None else np.full_like(fine, 0.1)
            return StepOutput(np.full_like(activity, 0.1), np.ones_like(embeddings), fine)
        case np.ndarray():
            return np.ones_like(answer)
    return []


def refuse(connection: Connection) -> None:
    """Say that the models cannot be loaded."""
    connection.send(Refused("encoder-model.onnx: expected inputs audio_signal, length"))


def die_while_loading(connection: Connection) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
