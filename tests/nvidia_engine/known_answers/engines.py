"""The engine over graphs with known answers, in this process."""

from concurrent.futures import Future
from pathlib import Path
from typing import Any

from nvidia_engine.device import Device
from nvidia_engine.engine import Engine, Recording
from nvidia_engine.features import Samples
from nvidia_engine.inference.messages import Batch
from nvidia_engine.inference.model_files import find_files
from nvidia_engine.inference.units import Request, Unit
from nvidia_engine.inference.worker import Models
from tests.nvidia_engine.known_answers.voice_graphs import write_diarizer, write_encoder
from tests.nvidia_engine.known_answers.word_graphs import PIECES, vocabulary, write_graphs
from tests.nvidia_engine.models_folder import make_models_folder

DTYPE, DIARIZER = "fp32", "nemotron-3"


def make_known_models(folder: Path) -> Path:
    """Make a folder of models with known answers, under the public names."""
    graphs = folder.with_name(f"{folder.name}-graphs")
    graphs.mkdir(parents=True)
    encoder, decoder = write_graphs(graphs)
    (graphs / "vocab.txt").write_text(vocabulary())
    return make_models_folder(
        folder,
        encoder_model=encoder,
        decoder_joint_model=decoder,
        vocab=graphs / "vocab.txt",
        nemotron3=write_diarizer(graphs / "diarizer.onnx"),
        titanet=write_encoder(graphs / "titanet.onnx"),
    )


class KnownEngine:
    """An engine and its models, asked one unit at a time."""

    def __init__(self, folder: Path) -> None:
        files = find_files(make_known_models(folder), DTYPE, DIARIZER)
        self.models = Models(files, Device("cpu", threads=1), len(PIECES))
        self.engine = Engine(self.models.ready, PIECES)

    def recording(self, samples: Samples) -> Recording:
        """Connect a recording with the models."""
        return Recording(samples, Request(1), self._submit, lambda future: future.result())

    def _submit(self, unit: Unit) -> "Future[Any]":
        [answer] = self.models(Batch(unit.kind, [unit.payload]))
        unit.future.set_result(answer)
        return unit.future
