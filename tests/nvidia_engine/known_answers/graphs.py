"""The parts of graphs with known answers."""

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

FLOAT, INT64, INT32 = TensorProto.FLOAT, TensorProto.INT64, TensorProto.INT32


def value(name: str, kind: int, *shape: int | str) -> onnx.ValueInfoProto:
    """Describe an input or an output."""
    return helper.make_tensor_value_info(name, kind, shape)


def model(
    name: str,
    nodes: Sequence[onnx.NodeProto],
    values: tuple[Sequence[onnx.ValueInfoProto], Sequence[onnx.ValueInfoProto]],
    constants: Mapping[str, object],
) -> onnx.ModelProto:
    """Build a model of nodes, its inputs and outputs, and named constants."""
    arrays = [numpy_helper.from_array(np.asarray(array), key) for key, array in constants.items()]
    graph = helper.make_graph(nodes, name, *values, arrays)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)


def row(*numbers: float) -> NDArray[np.float32]:
    """Give numbers of 32 bits."""
    return np.array(numbers, np.float32)


def whole(*numbers: int) -> NDArray[np.int64]:
    """Give whole numbers, as axes and bounds want them."""
    return np.array(numbers, np.int64)


node = helper.make_node
