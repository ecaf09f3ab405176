"""A diarizer and a speaker encoder whose answers are known: voice i is a tone in band group i.

The diarizer has the shape of Nemotron 3. Its heads are the voices in the order in which each is
first heard alone in the rows that it is given: cache, queue, chunk. A cache that forgets a voice,
or mixes their order, therefore changes who speaks.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray

from tests.nvidia_engine.known_answers.graphs import FLOAT, INT64, model, node, row, value, whole

VOICES, BANDS = 8, 128
GROUP = BANDS // VOICES
# Log energies: tones have -6 at least, everything else at most -12.
LOUD = -9.5
SILENCE = -15.0
# TitaNet's bands, and the numbers of an embedding.
VOICE_BANDS, WIDTH = 80, 192
_FAR = 1e6
# Frames of 10 ms between which noise has changed and a voice has not.
LATER = 4


def write_diarizer(path: Path) -> Path:
    """Write the diarizer."""
    built = model("voices", [*_energies(), *_activity(), *_order(), *_answers()], _faces(), _KNOWN)
    built.metadata_props.add(key="silence", value=json.dumps([SILENCE] * VOICES))
    onnx.save(built, path)
    return path


_KNOWN = {
    "per_frame": whole(1, -1, 8, BANDS),
    "from": whole(3),
    "to": whole(5),
    "subframes": whole(2),
    "per_voice": whole(1, -1, VOICES, GROUP),
    "loud": np.float32(LOUD),
    "steep": np.float32(4),
    "half": np.float32(0.5),
    "far": np.float32(_FAR),
    "one": np.float32(1),
    "zero": whole(0),
    "step": whole(1),
    "row_axis": whole(1),
    "voice_axis": whole(2),
    "column": whole(0, 2),
    # Voices that were not heard yet keep their own order behind the others.
    "own_order": np.arange(VOICES, dtype=np.float32)[None],
    "heads": np.arange(VOICES, dtype=np.float32)[None, None],
    "last": whole(-1),
    "middle": whole(1),
    "eight_times": whole(1, 1, 8, 1),
    "fine_shape": whole(1, -1, VOICES),
    "seven": whole(7),
    "eight": whole(8),
}


def _energies() -> list[onnx.NodeProto]:
    """Give each frame of 80 ms the loudest band of each voice, in its middle."""
    return [
        node("Reshape", ["chunk", "per_frame"], ["frames"]),
        node("Slice", ["frames", "from", "to", "subframes"], ["middles"]),
        node("ReduceMean", ["middles"], ["mean"], axes=[2], keepdims=0),
        node("Reshape", ["mean", "per_voice"], ["grouped"]),
        node("ReduceMax", ["grouped"], ["energies"], axes=[3], keepdims=0),
        node("Concat", ["spkcache", "fifo", "energies"], ["rows"], axis=1),
    ]


def _activity() -> list[onnx.NodeProto]:
    return [
        node("Sub", ["rows", "loud"], ["above"]),
        node("Mul", ["above", "steep"], ["sharp"]),
        node("Sigmoid", ["sharp"], ["voices"]),
        node("Greater", ["voices", "half"], ["is_heard"]),
        node("Cast", ["is_heard"], ["heard"], to=FLOAT),
        node("ReduceSum", ["heard", "voice_axis"], ["together"], keepdims=1),
        node("Equal", ["together", "one"], ["is_alone"]),
        node("And", ["is_heard", "is_alone"], ["is_first_candidate"]),
    ]


def _order() -> list[onnx.NodeProto]:
    """Rank the voices by the first row in which each is alone."""
    return [
        node("Shape", ["rows"], ["shape"]),
        node("Gather", ["shape", "row_axis"], ["count"]),
        node("Squeeze", ["count"], ["count_"]),
        node("Squeeze", ["zero"], ["zero_"]),
        node("Squeeze", ["step"], ["step_"]),
        node("Range", ["zero_", "count_", "step_"], ["numbers"]),
        node("Cast", ["numbers"], ["places"], to=FLOAT),
        node("Unsqueeze", ["places", "column"], ["place"]),
        node("Where", ["is_first_candidate", "place", "far"], ["placed"]),
        node("ReduceMin", ["placed"], ["first"], axes=[1], keepdims=0),
        node("Add", ["first", "own_order"], ["key"]),
        node("Unsqueeze", ["key", "last"], ["mine"]),
        node("Unsqueeze", ["key", "middle"], ["others"]),
        node("Less", ["others", "mine"], ["is_before"]),
        node("Cast", ["is_before"], ["before"], to=FLOAT),
        node("ReduceSum", ["before", "last"], ["rank"], keepdims=1),
        node("Equal", ["rank", "heads"], ["is_head"]),
        node("Cast", ["is_head"], ["head_of_voice"], to=FLOAT),
    ]


def _answers() -> list[onnx.NodeProto]:
    return [
        node("MatMul", ["voices", "head_of_voice"], ["spkcache_fifo_chunk_preds"]),
        node("Identity", ["energies"], ["chunk_pre_encode_embs"]),
        node("Add", ["chunk_lengths", "seven"], ["longer"]),
        node("Div", ["longer", "eight"], ["chunk_pre_encode_lengths"]),
        node("Unsqueeze", ["spkcache_fifo_chunk_preds", "subframes"], ["with_fine"]),
        node("Tile", ["with_fine", "eight_times"], ["repeated"]),
        node("Reshape", ["repeated", "fine_shape"], ["fine"]),
        # The lengths are inputs of the public graph that this one does not need.
        node("Identity", ["spkcache_lengths"], ["unused_1"]),
        node("Identity", ["fifo_lengths"], ["unused_2"]),
    ]


def _faces() -> tuple[list[onnx.ValueInfoProto], list[onnx.ValueInfoProto]]:
    inputs = []
    for name, rows, width in (
        ("chunk", "t", BANDS),
        ("spkcache", "s", VOICES),
        ("fifo", "f", VOICES),
    ):
        inputs += [value(name, FLOAT, 1, rows, width), value(f"{name}_lengths", INT64, 1)]
    outputs = [
        value("spkcache_fifo_chunk_preds", FLOAT, 1, "n", VOICES),
        value("chunk_pre_encode_embs", FLOAT, 1, "c", VOICES),
        value("chunk_pre_encode_lengths", INT64, 1),
        value("fine", FLOAT, 1, "m", VOICES),
    ]
    return inputs, outputs


def write_encoder(path: Path) -> Path:
    """Write the speaker encoder: how slowly the bands of each voice move.

    Its features are normalized band by band, so that a tone is not louder than noise; but a tone
    wavers slowly, and noise is another one 40 ms later.
    """
    nodes = [
        node("MatMul", ["groups", "audio_signal"], ["movement"]),
        node("Slice", ["movement", "zero", "earlier", "time"], ["before"]),
        node("Slice", ["movement", "later", "end", "time"], ["after"]),
        node("Mul", ["before", "after"], ["products"]),
        node("ReduceSum", ["products", "time"], ["sums"], keepdims=0),
        node("Cast", ["length"], ["count"], to=FLOAT),
        node("Unsqueeze", ["count", "last"], ["frames"]),
        node("Div", ["sums", "frames"], ["profile"]),
        node("Sub", ["profile", "common"], ["beyond"]),
        node("Relu", ["beyond"], ["voice"]),
        node("MatMul", ["voice", "widened"], ["embs"]),
    ]
    inputs = [
        value("audio_signal", FLOAT, "batch", VOICE_BANDS, "time"),
        value("length", INT64, "batch"),
    ]
    known = {
        "groups": _groups(),
        "time": whole(2),
        "last": whole(-1),
        "zero": whole(0),
        "earlier": whole(-LATER),
        "later": whole(LATER),
        "end": whole(np.iinfo(np.int64).max),
        "common": row(0.4),
        "widened": np.eye(VOICES, WIDTH, dtype=np.float32),
    }
    outputs = [value("embs", FLOAT, "batch", WIDTH)]
    onnx.save(model("encoder", nodes, (inputs, outputs), known), path)
    return path


def _groups() -> NDArray[np.float32]:
    """Average the bands around each voice's tone."""
    groups = np.zeros((1, VOICES, VOICE_BANDS), np.float32)
    for voice in range(VOICES):
        middle = round((voice + 0.5) * VOICE_BANDS / VOICES)
        groups[0, voice, middle - 1 : middle + 2] = 1 / 3
    return groups
