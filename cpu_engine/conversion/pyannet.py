"""PyanNet, the segmentation network, from its checkpoint to ONNX.

Source: Bredin, "pyannote.audio 2.1", Interspeech 2023; SincNet filters from Ravanelli and
Bengio, "Speaker Recognition from Raw Waveform with SincNet", SLT 2018; the powerset output
from Plaquet and Bredin, Interspeech 2023.

Input ``wave``: (batch, 1, samples) at 16 kHz; output ``scores``: (batch, frames, 7), log
probabilities of the powerset classes.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cpu_engine.conversion.checkpoints import Tensors, read_tensors
from cpu_engine.conversion.graphs import Graph

SAMPLE_RATE = 16000
CLASSES = 7
# pyannote.audio's SincNet: lowest cut-off and narrowest band in Hz, hop of the filters.
LOWEST_HZ = 50.0
NARROWEST_HZ = 50.0
SINC_STRIDE = 10
POOL = 3
LSTM_LAYERS = 4
LSTM_SIZE = 128
LINEAR_LAYERS = 2
# torch's defaults.
EPSILON = 1e-5
LEAK = 0.01

Array = NDArray[np.float32]


def build(checkpoint: Path, target: Path) -> None:
    """Write the ONNX graph of a segmentation-3.0 checkpoint."""
    network = Network(read_tensors(checkpoint), Graph())
    frames = network.recurrent(network.sincnet("wave"))
    network.graph.name(network.classify(frames), "scores")
    network.graph.save(target, {"wave": ["n", 1, "s"]}, {"scores": ["n", "f", CLASSES]})


def sinc_filters(tensors: Tensors) -> Array:
    """Build the learned band-pass filters: 40 even (cosine) and 40 odd (sine), (80, 1, 251)."""
    at = "sincnet.conv1d.0.filterbank."
    low = LOWEST_HZ + np.abs(tensors[f"{at}low_hz_"].astype(np.float64))
    high = low + NARROWEST_HZ + np.abs(tensors[f"{at}band_hz_"].astype(np.float64))
    high = np.clip(high, LOWEST_HZ, SAMPLE_RATE / 2)
    times = tensors[f"{at}n_"].astype(np.float64)
    shape = tensors[f"{at}window_"].astype(np.float64) / (times / 2)
    even = (np.sin(high @ times) - np.sin(low @ times)) * shape
    odd = (np.cos(low @ times) - np.cos(high @ times)) * shape
    band = high - low
    filters = [
        np.hstack([even, 2 * band, even[:, ::-1]]) / (2 * band),
        np.hstack([odd, np.zeros_like(band), -odd[:, ::-1]]) / (2 * band),
    ]
    return np.concatenate(filters)[:, None].astype(np.float32)


@dataclass(frozen=True, slots=True)
class Network:
    """The tensors of the checkpoint and the graph they are written to."""

    tensors: Tensors
    graph: Graph

    def sincnet(self, wave: str) -> str:
        """Turn samples into frames: (n, 1, s) → (n, 60, f)."""
        graph, at = self.graph, "sincnet.conv1d"
        x = self.instance_norm(wave, "sincnet.wav_norm1d")
        filters = graph.constant(sinc_filters(self.tensors))
        x = graph.add("Abs", graph.add("Conv", x, filters, strides=[SINC_STRIDE]))
        x = self.pooled(x, "sincnet.norm1d.0")
        for layer in (1, 2):
            weight, bias = self.tensor(f"{at}.{layer}.weight"), self.tensor(f"{at}.{layer}.bias")
            x = self.pooled(graph.add("Conv", x, weight, bias), f"sincnet.norm1d.{layer}")
        return x

    def pooled(self, x: str, norm: str) -> str:
        x = self.graph.add("MaxPool", x, kernel_shape=[POOL], strides=[POOL])
        return self.graph.add("LeakyRelu", self.instance_norm(x, norm), alpha=LEAK)

    def recurrent(self, x: str) -> str:
        """Run the bidirectional LSTM layers: (n, 60, f) → (n, f, 256)."""
        graph = self.graph
        x = graph.add("Transpose", x, perm=[2, 0, 1])
        for layer in range(LSTM_LAYERS):
            weights = [graph.constant(value) for value in lstm_weights(self.tensors, layer)]
            # (f, direction, n, 128) → (f, n, 256)
            y = graph.add("LSTM", x, *weights, hidden_size=LSTM_SIZE, direction="bidirectional")
            y = graph.add("Transpose", y, perm=[0, 2, 1, 3])
            x = graph.add("Reshape", y, graph.integers(0, 0, 2 * LSTM_SIZE))
        return graph.add("Transpose", x, perm=[1, 0, 2])

    def classify(self, x: str) -> str:
        for layer in range(LINEAR_LAYERS):
            x = self.graph.add("LeakyRelu", self.linear(x, f"linear.{layer}"), alpha=LEAK)
        return self.graph.add("LogSoftmax", self.linear(x, "classifier"), axis=-1)

    def linear(self, x: str, layer: str) -> str:
        weight = self.graph.constant(self.tensors[f"{layer}.weight"].T)
        return self.graph.add(
            "Add", self.graph.add("MatMul", x, weight), self.tensor(f"{layer}.bias")
        )

    def instance_norm(self, x: str, norm: str) -> str:
        weight, bias = self.tensor(f"{norm}.weight"), self.tensor(f"{norm}.bias")
        return self.graph.add("InstanceNormalization", x, weight, bias, epsilon=EPSILON)

    def tensor(self, name: str) -> str:
        return self.graph.constant(self.tensors[name])


def lstm_weights(tensors: Tensors, layer: int) -> tuple[Array, Array, Array]:
    """Collect the input, recurrent and bias weights of one layer in the order of ONNX."""
    inputs, recurrent, biases = [], [], []
    for direction in ("", "_reverse"):
        at = f"l{layer}{direction}"
        inputs.append(onnx_gates(tensors[f"lstm.weight_ih_{at}"]))
        recurrent.append(onnx_gates(tensors[f"lstm.weight_hh_{at}"]))
        pair = [onnx_gates(tensors[f"lstm.bias_{side}_{at}"]) for side in ("ih", "hh")]
        biases.append(np.concatenate(pair))
    return np.stack(inputs), np.stack(recurrent), np.stack(biases)


def onnx_gates(weight: Array) -> Array:
    """Reorder the gates of torch (input, forget, cell, output) as ONNX has them (i, o, f, c)."""
    entry, forget, cell, output = np.split(weight, 4)
    return np.concatenate([entry, output, forget, cell])
