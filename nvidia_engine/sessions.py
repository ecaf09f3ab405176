"""The graphs through onnxruntime: the only module that imports it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from nvidia_engine.device import Device
from nvidia_engine.diarization.geometry import NEMOTRON, SORTFORMER, STRIDE, DiarizerFacts
from nvidia_engine.diarization.stream import StepInput, StepOutput
from nvidia_engine.features import padded_batch
from nvidia_engine.recognition.tdt import DURATIONS, States, Token, decode_tokens, empty_states

# One length for all pieces of at most 8 s: TitaNet's last digits depend on the padding.
_VOICE_S = 8.0
CUDA, CPU = "CUDAExecutionProvider", "CPUExecutionProvider"
# A public export keeps its learned silence in its metadata under one of these names.
_SILENCE_KEYS = ("silence", "silence_embedding", "silence_embeds")


class ModelRefused(Exception):
    """A graph is not one that this program knows, or the device is missing."""


def open_session(path: Path, device: Device) -> onnxruntime.InferenceSession:
    """Load a graph.

    Raises
    ------
    ModelRefused
        When the file cannot be read as ONNX, or when CUDA was asked for and onnxruntime fell back
        to the CPU.
    """
    if device.name == "cuda":
        # CUDA's libraries come as wheels, and are found only when they are loaded before.
        onnxruntime.preload_dlls()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = device.threads
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=_providers(device))
    except Exception as error:  # onnxruntime's exceptions have no common class of their own.
        raise ModelRefused(
            f"{path.name}: onnxruntime cannot load it ({type(error).__name__})"
        ) from error
    if device.name == "cuda" and session.get_providers()[0] != CUDA:
        raise ModelRefused(f"{path.name}: onnxruntime fell back to the CPU")
    return session


def _providers(device: Device) -> list[Any]:
    if device.name != "cuda":
        return [CPU]
    options: dict[str, str] = {
        "device_id": str(device.number),
        "arena_extend_strategy": "kSameAsRequested",
        "cudnn_conv_algo_search": "HEURISTIC",
        "use_tf32": "1",
    }
    if device.memory_limit_mb:
        options["gpu_mem_limit"] = str(device.memory_limit_mb * 1024 * 1024)
    return [(CUDA, options), CPU]


def _require(
    session: onnxruntime.InferenceSession, file: str, inputs: Sequence[str], outputs: Sequence[str]
) -> None:
    """Refuse a graph whose names differ, and name both."""
    has_in = [value.name for value in session.get_inputs()]
    has_out = [value.name for value in session.get_outputs()]
    if set(inputs) - set(has_in) or set(outputs) - set(has_out):
        raise ModelRefused(
            f"{file}: expected inputs {', '.join(inputs)} and outputs {', '.join(outputs)}; "
            f"it has {', '.join(has_in)} and {', '.join(has_out)}"
        )


class Recognizer:
    """Parakeet: mel features of a batch → tokens."""

    def __init__(self, encoder: Path, decoder: Path, device: Device) -> None:
        self._encoder, self._decoder = open_session(encoder, device), open_session(decoder, device)
        _require(
            self._encoder, encoder.name, ["audio_signal", "length"], ["outputs", "encoded_lengths"]
        )
        states_in, states_out = (
            ["input_states_1", "input_states_2"],
            ["output_states_1", "output_states_2"],
        )
        wanted = ["encoder_outputs", "targets", "target_length", *states_in]
        _require(self._decoder, decoder.name, wanted, ["outputs", *states_out])
        shapes = {value.name: value.shape for value in self._decoder.get_inputs()}
        self._state_shapes = [shapes[name] for name in states_in]
        self._tokens = int(self._decoder.get_outputs()[0].shape[-1])
        self.bands = int(self._encoder.get_inputs()[0].shape[1])

    def check_vocabulary(self, pieces: int) -> None:
        """Refuse a vocabulary of another size than the decoder's."""
        expected = self._tokens - len(DURATIONS)
        if pieces != expected:
            raise ModelRefused(f"vocab.txt has {pieces} pieces; the decoder expects {expected}")

    def __call__(self, features: Sequence[NDArray[np.float32]]) -> list[list[Token]]:
        """Recognize a batch of normalized features, (frames, bands) each."""
        batch, lengths = padded_batch(features)
        feed = {"audio_signal": batch, "length": lengths}
        encoded, counts = self._encoder.run(["outputs", "encoded_lengths"], feed)
        return self.decode(encoded, counts)

    def decode(self, encoded: NDArray[np.float32], counts: NDArray[np.int64]) -> list[list[Token]]:
        """Decode encoder outputs (batch, width, frames)."""
        states = empty_states(self._state_shapes, len(counts))
        return decode_tokens(
            encoded, counts, self._step, states, blank=self._tokens - len(DURATIONS) - 1
        )

    def _step(
        self, rows: NDArray[np.float32], last: NDArray[np.int32], states: States
    ) -> tuple[NDArray[np.float32], States]:
        feed = {
            "encoder_outputs": rows[:, :, None],
            "targets": last[:, None],
            "target_length": np.ones(len(last), np.int32),
            "input_states_1": states[0],
            "input_states_2": states[1],
        }
        names = ["outputs", "output_states_1", "output_states_2"]
        logits, first, second = self._decoder.run(names, feed)
        return logits[:, 0, 0], (first, second)


class StreamingDiarizer:
    """Sortformer or Nemotron 3: one step of a stream."""

    def __init__(self, path: Path, device: Device) -> None:
        self._session = open_session(path, device)
        inputs = ["chunk", "chunk_lengths", "spkcache", "spkcache_lengths", "fifo", "fifo_lengths"]
        outputs = [
            "spkcache_fifo_chunk_preds",
            "chunk_pre_encode_embs",
            "chunk_pre_encode_lengths",
        ]
        _require(self._session, path.name, inputs, outputs)
        named = [value.name for value in self._session.get_outputs()]
        # Cards name the 10 ms activity differently: it is the one remaining output.
        self._fine = next((name for name in named if name not in outputs), None)
        self._outputs = [*outputs, self._fine] if self._fine else outputs
        self.facts = self._read_facts()
        # An export without dynamic axes takes one length only; the lengths say what is padding.
        rows = self._session.get_inputs()[0].shape[1]
        self._rows = rows if isinstance(rows, int) else 0

    def _read_facts(self) -> DiarizerFacts:
        shapes = {value.name: value.shape for value in self._session.get_inputs()}
        speakers = self._session.get_outputs()[0].shape[-1]
        geometry = NEMOTRON if self._fine else SORTFORMER
        metadata: Mapping[str, str] = self._session.get_modelmeta().custom_metadata_map
        if not isinstance(speakers, int):
            speakers = int(metadata.get("speakers", 8 if self._fine else 4))
        silence = np.zeros(int(shapes["spkcache"][2]), np.float32)
        if geometry.is_silence_learned:
            silence = self._learned_silence(metadata, len(silence))
        return DiarizerFacts(geometry, speakers, int(shapes["chunk"][2]), silence)

    @staticmethod
    def _learned_silence(metadata: Mapping[str, str], width: int) -> NDArray[np.float32]:
        text = next((metadata[key] for key in _SILENCE_KEYS if key in metadata), None)
        if text is None:
            raise ModelRefused(
                f"the diarizer's metadata has no silence embedding ({', '.join(_SILENCE_KEYS)})"
            )
        silence = np.array(json.loads(text), np.float32)
        if silence.shape != (width,):
            raise ModelRefused(
                f"the diarizer's silence embedding has {silence.size} numbers; expected {width}"
            )
        return silence

    def __call__(self, asked: StepInput) -> StepOutput:
        """Run one step."""
        geometry = self.facts.geometry
        # To whole frames and no further: the graph's last convolution would read the padding.
        chunk = np.pad(asked.chunk, ((0, -len(asked.chunk) % STRIDE), (0, 0)))
        cache, fifo = asked.cache, asked.fifo
        if geometry.is_padded:
            chunk = _filled(asked.chunk, max(self._rows, len(asked.chunk)))
            cache, fifo = _filled(cache, geometry.cache), _filled(fifo, geometry.fifo)
        feed = {
            "chunk": chunk[None],
            "chunk_lengths": _length(asked.chunk),
            "spkcache": cache[None],
            "spkcache_lengths": _length(asked.cache),
            "fifo": fifo[None],
            "fifo_lengths": _length(asked.fifo),
        }
        activity, embeddings, count, *fine = self._session.run(self._outputs, feed)
        return StepOutput(
            activity[0], embeddings[0][: int(count[0])], fine[0][0] if fine else None
        )


def _length(rows: NDArray[np.float32]) -> NDArray[np.int64]:
    return np.array([len(rows)], np.int64)


def _filled(rows: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    return np.pad(rows, ((0, size - len(rows)), (0, 0)))


class SpeakerEncoder:
    """TitaNet: normalized features → embeddings."""

    def __init__(self, path: Path, device: Device) -> None:
        self._session = open_session(path, device)
        _require(self._session, path.name, ["audio_signal", "length"], ["embs"])
        self.bands = int(self._session.get_inputs()[0].shape[1])

    def __call__(self, features: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """Embed a batch of features, (frames, bands) each; the vectors are not normalized."""
        batch, lengths = padded_batch(features, _VOICE_S)
        feed = {"audio_signal": batch, "length": lengths}
        [vectors] = self._session.run(["embs"], feed)
        return list(vectors)
