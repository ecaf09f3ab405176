"""CAM++, the embedding network, from its checkpoint to ONNX.

Source: Wang et al., "CAM++: A Fast and Efficient Network for Speaker Verification Using
Context-Aware Masking", Interspeech 2023 (arXiv 2303.00332); layer names as in 3D-Speaker.

The last layer is a linear map and a batch normalisation. Some code that ships with this
checkpoint appends a ReLU, which zeroes half of every embedding; it is left out here.

Input ``features``: (batch, frames, 80); output ``fingerprints``: (batch, 192), not normalised.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cpu_engine.conversion.checkpoints import Tensors, read_tensors
from cpu_engine.conversion.graphs import Graph

MEL_BINS = 80
DIMENSION = 192
# The head turns 80 bands into 10 rows of 32 channels.
HEAD_CHANNELS = 320
# (layers, dilation) of the three densely connected blocks.
BLOCKS = ((12, 1), (24, 2), (16, 2))
# Context-aware masking averages over segments of this length, in frames.
SEGMENT_FRAMES = 100
# torch.nn.BatchNorm's default.
EPSILON = 1e-5
SAME = [1, 1, 1, 1]

Array = NDArray[np.float32]


def build(checkpoint: Path, target: Path) -> None:
    """Write the ONNX graph of a CAM++ checkpoint."""
    network = Network(read_tensors(checkpoint), Graph())
    frames = network.backbone(network.head("features"))
    network.graph.name(network.fingerprints(frames), "fingerprints")
    network.graph.save(
        target, {"features": ["n", "t", MEL_BINS]}, {"fingerprints": ["n", DIMENSION]}
    )


@dataclass(frozen=True, slots=True)
class Network:
    """The tensors of the checkpoint and the graph they are written to."""

    tensors: Tensors
    graph: Graph

    def head(self, features: str) -> str:
        """Convolve over time and frequency: (n, t, 80) → (n, 320, t)."""
        graph = self.graph
        x = graph.add("Transpose", features, perm=[0, 2, 1])
        x = graph.add("Unsqueeze", x, graph.integers(1))
        x = self.relu(self.convolution(x, "head.conv1", "head.bn1", pads=SAME))
        for layer in ("head.layer1", "head.layer2"):
            x = self.residual(x, f"{layer}.0", stride=2)
            x = self.residual(x, f"{layer}.1", stride=1)
        x = self.convolution(x, "head.conv2", "head.bn2", strides=[2, 1], pads=SAME)
        return graph.add("Reshape", self.relu(x), graph.integers(0, HEAD_CHANNELS, -1))

    def residual(self, x: str, at: str, *, stride: int) -> str:
        """Add two convolutions to their input, which is convolved too where its shape changes."""
        strides = [stride, 1]
        y = self.convolution(x, f"{at}.conv1", f"{at}.bn1", strides=strides, pads=SAME)
        y = self.convolution(self.relu(y), f"{at}.conv2", f"{at}.bn2", pads=SAME)
        if f"{at}.shortcut.0.weight" in self.tensors:
            x = self.convolution(x, f"{at}.shortcut.0", f"{at}.shortcut.1", strides=strides)
        return self.relu(self.graph.add("Add", y, x))

    def backbone(self, x: str) -> str:
        """Mask with context in densely connected blocks: (n, 320, t) → (n, c, t / 2)."""
        linear, norm = "xvector.tdnn.linear", "xvector.tdnn.nonlinear.batchnorm"
        x = self.relu(self.convolution(x, linear, norm, strides=[2], pads=[2, 2]))
        segments = self.segment_of_each_frame(x)
        for number, (layers, dilation) in enumerate(BLOCKS, start=1):
            for layer in range(1, layers + 1):
                at = f"xvector.block{number}.tdnnd{layer}"
                masked = self.masked(x, at, segments=segments, dilation=dilation)
                x = self.graph.add("Concat", x, masked, axis=1)
            at = f"xvector.transit{number}"
            x = self.convolution(self.norm_relu(x, f"{at}.nonlinear.batchnorm"), f"{at}.linear")
        return self.norm_relu(x, "xvector.out_nonlinear.batchnorm")

    def masked(self, x: str, at: str, *, segments: str, dilation: int) -> str:
        """Weigh a local convolution by a mask made from the segment's and the whole mean."""
        graph, cam = self.graph, f"{at}.cam_layer"
        y = self.norm_relu(x, f"{at}.nonlinear1.batchnorm")
        y = self.relu(self.convolution(y, f"{at}.linear1", f"{at}.nonlinear2.batchnorm"))
        pads = [dilation, dilation]
        local = self.convolution(y, f"{cam}.linear_local", dilations=[dilation], pads=pads)
        context = graph.add("Add", self.segment_means(y, segments), self.mean(y))
        mask = self.relu(self.convolution(context, f"{cam}.linear1"))
        mask = graph.add("Sigmoid", self.convolution(mask, f"{cam}.linear2"))
        return graph.add("Mul", local, mask)

    def fingerprints(self, x: str) -> str:
        """Pool mean and standard deviation over time, then map linearly: (n, c, t) → (n, 192)."""
        graph = self.graph
        mean = self.mean(x)
        deviation = graph.add("Sub", x, mean)
        squares = graph.add("Mul", deviation, deviation)
        total = graph.add("ReduceSum", squares, graph.integers(2), keepdims=1)
        # torch.std divides by one less than the number of frames.
        count = graph.add("Sub", self.frame_count(x), graph.scalar(1))
        count = graph.add("CastLike", count, total)
        spread = graph.add("Sqrt", graph.add("Div", total, count))
        pooled = graph.add("Concat", mean, spread, axis=1)
        norm = "xvector.dense.nonlinear.batchnorm"
        mapped = self.convolution(pooled, "xvector.dense.linear", norm)
        return graph.add("Squeeze", mapped, graph.integers(2))

    def frame_count(self, x: str) -> str:
        last = self.graph.add("Shape", x, start=2, end=3)
        return self.graph.add("Squeeze", last)

    def segment_of_each_frame(self, x: str) -> str:
        graph = self.graph
        frames = graph.add("Range", graph.scalar(0), self.frame_count(x), graph.scalar(1))
        return graph.add("Div", frames, graph.integers(SEGMENT_FRAMES))

    def segment_means(self, x: str, segments: str) -> str:
        """Repeat the mean of each segment of 100 frames over its frames."""
        size = [SEGMENT_FRAMES]
        means = self.graph.add("AveragePool", x, kernel_shape=size, strides=size, ceil_mode=1)
        return self.graph.add("Gather", means, segments, axis=2)

    def mean(self, x: str) -> str:
        return self.graph.add("ReduceMean", x, axes=[2], keepdims=1)

    def relu(self, x: str) -> str:
        return self.graph.add("Relu", x)

    def norm_relu(self, x: str, norm: str) -> str:
        scale, shift = self.normalisation(norm)
        scaled = self.graph.add("Mul", x, self.graph.floats(scale[None, :, None]))
        return self.relu(self.graph.add("Add", scaled, self.graph.floats(shift[None, :, None])))

    def normalisation(self, norm: str) -> tuple[Array, Array]:
        """Scale and shift of a batch normalisation whose statistics are fixed."""
        scale = 1 / np.sqrt(self.tensors[f"{norm}.running_var"] + EPSILON)
        scale = scale * self.tensors.get(f"{norm}.weight", np.float32(1))
        bias = self.tensors.get(f"{norm}.bias", np.float32(0))
        return scale, bias - self.tensors[f"{norm}.running_mean"] * scale

    def convolution(self, x: str, layer: str, norm: str | None = None, **attributes: Any) -> str:
        """Convolve, with the batch normalisation that follows folded into the weights."""
        weight = self.tensors[f"{layer}.weight"]
        bias = self.tensors.get(f"{layer}.bias", np.zeros(len(weight), np.float32))
        if norm is not None:
            scale, shift = self.normalisation(norm)
            weight = weight * scale.reshape(-1, *[1] * (weight.ndim - 1))
            bias = bias * scale + shift
        return self.graph.add(
            "Conv", x, self.graph.floats(weight), self.graph.floats(bias), **attributes
        )
