"""A recognizer whose answer is known: it says word i where tone i begins.

The encoder averages the bands of each tone over eight frames; the decoder gives a token when its
tone sounds and was not the last token.
"""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

TONES, BANDS = 6, 128
PIECES = [f"▁word{number}" for number in range(TONES)] + ["<blk>"]
DURATIONS = 5
# Averages of normalized noise deviate by 0.18; a tone that sounds a third of the time has 1.4.
_LOUD = 0.7


def bands_of(tone: int) -> slice:
    """The bands that a tone sounds in."""
    return slice(44 + 14 * tone, 52 + 14 * tone)


def write_graphs(folder: Path) -> tuple[Path, Path]:
    """Write encoder and decoder."""
    encoder, decoder = folder / "encoder.onnx", folder / "decoder.onnx"
    onnx.save(_model(_encoder()), encoder)
    onnx.save(_model(_decoder()), decoder)
    return encoder, decoder


def _model(graph: onnx.GraphProto) -> onnx.ModelProto:
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)


def _value(name: str, kind: int, *shape: int | str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def _constant(name: str, value: NDArray[np.generic]) -> onnx.TensorProto:
    return numpy_helper.from_array(value, name)


def _encoder() -> onnx.GraphProto:
    groups = np.zeros((1, TONES, BANDS), np.float32)
    for tone in range(TONES):
        groups[0, tone, bands_of(tone)] = 1 / 8
    nodes = [
        helper.make_node(
            "AveragePool", ["audio_signal"], ["pooled"], kernel_shape=[8], strides=[8], ceil_mode=1
        ),
        helper.make_node("MatMul", ["groups", "pooled"], ["outputs"]),
        helper.make_node("Add", ["length", "seven"], ["longer"]),
        helper.make_node("Div", ["longer", "eight"], ["encoded_lengths"]),
    ]
    inputs = [
        _value("audio_signal", TensorProto.FLOAT, "batch", BANDS, "time"),
        _value("length", TensorProto.INT64, "batch"),
    ]
    outputs = [
        _value("outputs", TensorProto.FLOAT, "batch", TONES, "frames"),
        _value("encoded_lengths", TensorProto.INT64, "batch"),
    ]
    constants = [_constant("groups", groups)]
    constants += [_constant(name, np.array(n)) for name, n in (("seven", 7), ("eight", 8))]
    return helper.make_graph(nodes, "encoder", inputs, outputs, constants)


def _decoder() -> onnx.GraphProto:
    nodes = [
        helper.make_node("Squeeze", ["encoder_outputs", "last_axis"], ["loudness"]),
        helper.make_node("Mul", ["loudness", "ten"], ["scores"]),
        helper.make_node("Cast", ["targets"], ["last"], to=TensorProto.INT64),
        helper.make_node("OneHot", ["last", "depth", "off_on"], ["hot"], axis=-1),
        helper.make_node("Squeeze", ["hot", "middle_axis"], ["was"]),
        helper.make_node("Slice", ["was", "from", "to", "token_axis"], ["was_token"]),
        helper.make_node("Mul", ["was_token", "hundred"], ["repeated"]),
        helper.make_node("Sub", ["scores", "repeated"], ["tokens"]),
        helper.make_node("Slice", ["tokens", "from", "one", "token_axis"], ["first"]),
        helper.make_node("Mul", ["first", "zero"], ["nothing"]),
        helper.make_node("Add", ["nothing", "rest"], ["blank_and_durations"]),
        helper.make_node("Concat", ["tokens", "blank_and_durations"], ["logits"], axis=1),
        helper.make_node("Unsqueeze", ["logits", "axes"], ["outputs"]),
        helper.make_node("Identity", ["input_states_1"], ["output_states_1"]),
        helper.make_node("Identity", ["input_states_2"], ["output_states_2"]),
    ]
    states = [f"{way}_states_{n}" for way in ("input", "output") for n in (1, 2)]
    inputs = [
        _value("encoder_outputs", TensorProto.FLOAT, "batch", TONES, 1),
        _value("targets", TensorProto.INT32, "batch", 1),
        _value("target_length", TensorProto.INT32, "batch"),
        *(_value(name, TensorProto.FLOAT, 2, "batch", 3) for name in states[:2]),
    ]
    outputs = [
        _value("outputs", TensorProto.FLOAT, "batch", 1, 1, TONES + 1 + DURATIONS),
        *(_value(name, TensorProto.FLOAT, 2, "batch", 3) for name in states[2:]),
    ]
    return helper.make_graph(nodes, "decoder", inputs, outputs, _decoder_constants())


def _decoder_constants() -> list[onnx.TensorProto]:
    rest = np.array([[10 * _LOUD, 0, 9, 0, 0, 0]], np.float32)
    numbers = {
        "ten": np.float32(10),
        "hundred": np.float32(100),
        "zero": np.float32(0),
        "rest": rest,
        "depth": np.array(TONES + 1),
        "off_on": np.array([0, 1], np.float32),
        "last_axis": np.array([2]),
        "middle_axis": np.array([1]),
        "token_axis": np.array([1]),
        "axes": np.array([1, 2]),
        "from": np.array([0]),
        "one": np.array([1]),
        "to": np.array([TONES]),
    }
    return [_constant(name, np.asarray(value)) for name, value in numbers.items()]
