"""A recognizer whose answer is known: it says word i where tone i begins.

The encoder averages the bands of each tone over eight frames; the decoder gives a token when its
tone sounds and was not the last token.
"""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray

from tests.nvidia_engine.known_answers.graphs import (
    FLOAT,
    INT32,
    INT64,
    model,
    node,
    row,
    value,
    whole,
)

TONES, BANDS = 6, 128
PIECES = [f"▁word{number}" for number in range(TONES)] + ["<blk>"]
DURATIONS = 5
# Averages of normalized noise deviate by 0.18; a tone that sounds a third of the time has 1.4.
_LOUD = 0.7


def bands_of(tone: int) -> slice:
    """Return the bands that a tone sounds in."""
    return slice(44 + 12 * tone, 52 + 12 * tone)


def write_graphs(folder: Path) -> tuple[Path, Path]:
    """Write encoder and decoder."""
    encoder, decoder = folder / "encoder.onnx", folder / "decoder.onnx"
    onnx.save(_encoder(), encoder)
    onnx.save(_decoder(), decoder)
    return encoder, decoder


def vocabulary() -> str:
    """Return the recognizer's vocab.txt."""
    return "".join(f"{piece} {number}\n" for number, piece in enumerate(PIECES))


def _encoder() -> onnx.ModelProto:
    nodes = [
        node(
            "AveragePool", ["audio_signal"], ["pooled"], kernel_shape=[8], strides=[8], ceil_mode=1
        ),
        node("MatMul", ["groups", "pooled"], ["outputs"]),
        node("Add", ["length", "seven"], ["longer"]),
        node("Div", ["longer", "eight"], ["encoded_lengths"]),
    ]
    inputs = [
        value("audio_signal", FLOAT, "batch", BANDS, "time"),
        value("length", INT64, "batch"),
    ]
    outputs = [
        value("outputs", FLOAT, "batch", TONES, "frames"),
        value("encoded_lengths", INT64, "batch"),
    ]
    known = {"groups": _groups(), "seven": whole(7), "eight": whole(8)}
    return model("encoder", nodes, (inputs, outputs), known)


def _groups() -> NDArray[np.float32]:
    groups = np.zeros((1, TONES, BANDS), np.float32)
    for tone in range(TONES):
        groups[0, tone, bands_of(tone)] = 1 / 8
    return groups


def _decoder() -> onnx.ModelProto:
    nodes = [
        node("Squeeze", ["encoder_outputs", "last_axis"], ["loudness"]),
        node("Mul", ["loudness", "ten"], ["scores"]),
        node("Cast", ["targets"], ["last"], to=INT64),
        node("OneHot", ["last", "depth", "off_on"], ["hot"], axis=-1),
        node("Squeeze", ["hot", "token_axis"], ["was"]),
        node("Slice", ["was", "from", "to", "token_axis"], ["was_token"]),
        node("Mul", ["was_token", "hundred"], ["repeated"]),
        node("Sub", ["scores", "repeated"], ["tokens"]),
        node("Slice", ["tokens", "from", "one", "token_axis"], ["first"]),
        node("Mul", ["first", "zero"], ["nothing"]),
        node("Add", ["nothing", "rest"], ["blank_and_durations"]),
        node("Concat", ["tokens", "blank_and_durations"], ["logits"], axis=1),
        node("Unsqueeze", ["logits", "axes"], ["outputs"]),
        node("Identity", ["input_states_1"], ["output_states_1"]),
        node("Identity", ["input_states_2"], ["output_states_2"]),
    ]
    states = [f"{way}_states_{n}" for way in ("input", "output") for n in (1, 2)]
    inputs = [
        value("encoder_outputs", FLOAT, "batch", TONES, 1),
        value("targets", INT32, "batch", 1),
        value("target_length", INT32, "batch"),
        *(value(name, FLOAT, 2, "batch", 3) for name in states[:2]),
    ]
    outputs = [
        value("outputs", FLOAT, "batch", 1, 1, TONES + 1 + DURATIONS),
        *(value(name, FLOAT, 2, "batch", 3) for name in states[2:]),
    ]
    return model("decoder", nodes, (inputs, outputs), _DECODER)


_DECODER = {
    "ten": np.float32(10),
    "hundred": np.float32(100),
    "zero": np.float32(0),
    "rest": row(10 * _LOUD, 0, 9, 0, 0, 0)[None],
    "depth": np.int64(TONES + 1),
    "off_on": row(0, 1),
    "last_axis": whole(2),
    "token_axis": whole(1),
    "axes": whole(1, 2),
    "from": whole(0),
    "one": whole(1),
    "to": whole(TONES),
}
