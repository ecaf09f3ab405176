"""The child: the only process that touches the device.

It answers one batch after another, and ends when its parent is gone.
"""

import signal
from multiprocessing.connection import Connection
from typing import Any

from nvidia_engine.device import Device
from nvidia_engine.inference.messages import Batch, Failed, Ready, Refused
from nvidia_engine.inference.model_files import ModelFiles
from nvidia_engine.inference.units import Kind
from nvidia_engine.sessions import ModelRefused, Recognizer, SpeakerEncoder, StreamingDiarizer


class Models:
    """The three models on one device."""

    def __init__(self, files: ModelFiles, device: Device, pieces: int) -> None:
        self._recognizer = Recognizer(files.encoder, files.decoder, device)
        self._recognizer.check_vocabulary(pieces)
        self._diarizer = StreamingDiarizer(files.diarizer, device)
        self._embedder = SpeakerEncoder(files.embedder, device)
        self.ready = Ready(
            device.name, self._diarizer.facts, self._recognizer.bands, self._embedder.bands
        )

    def __call__(self, batch: Batch) -> list[Any]:
        """Answer a batch, a result for each payload."""
        match batch.kind:
            case Kind.WORDS:
                return list(self._recognizer(batch.payloads))
            case Kind.TURNS:
                return [self._diarizer(payload) for payload in batch.payloads]
            case Kind.VOICES:
                return list(self._embedder(batch.payloads))


def serve(connection: Connection, files: ModelFiles, device: Device, pieces: int) -> None:
    """Run the child: load, say so, answer."""
    # Ctrl-C reaches the whole group; the parent ends this process when its requests have ended.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        models = Models(files, device, pieces)
    except ModelRefused as refusal:
        connection.send(Refused(str(refusal)))
        return
    connection.send(models.ready)
    while True:
        try:
            batch = connection.recv()
        except EOFError:
            return
        connection.send(_answer(models, batch))


def _answer(models: Models, batch: Batch) -> list[Any] | Failed:
    try:
        return models(batch)
    # Whatever a graph raises is the parent's to judge: it knows which faults only a new process
    # heals.
    except Exception as error:
        return Failed(type(error).__name__, str(error))
