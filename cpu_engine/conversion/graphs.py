"""A small writer of ONNX graphs: constants, operations, one file."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

# Opset 17 with IR 9 is what every onnxruntime since 1.14 reads.
OPSET = 17
IR_VERSION = 9

Dimensions = list[str | int]


class Graph:
    """A graph being written; every method gives the name of the value it adds."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def constant(self, value: NDArray[Any]) -> str:
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def floats(self, value: NDArray[Any]) -> str:
        return self.constant(value.astype(np.float32))

    def integers(self, *values: int) -> str:
        return self.constant(np.array(values, np.int64))

    def scalar(self, value: int) -> str:
        return self.constant(np.array(value, np.int64))

    def add(self, operation: str, *inputs: str, **attributes: Any) -> str:
        name = f"value_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operation, list(inputs), [name], **attributes))
        return name

    def name(self, value: str, name: str) -> None:
        """Give a value the name under which callers ask for it."""
        self._nodes.append(helper.make_node("Identity", [value], [name]))

    def save(
        self, path: Path, inputs: dict[str, Dimensions], outputs: dict[str, Dimensions]
    ) -> None:
        """Check the graph and write it."""
        graph = helper.make_graph(
            self._nodes, path.stem, _values(inputs), _values(outputs), self._constants
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = IR_VERSION
        onnx.checker.check_model(model)
        onnx.save(model, str(path))


def _values(described: dict[str, Dimensions]) -> list[Any]:
    return [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, dimensions)
        for name, dimensions in described.items()
    ]
