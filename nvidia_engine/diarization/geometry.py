"""The sizes of a streaming diarizer that its caller needs, in frames of 80 ms."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Eight mel frames of 10 ms are one frame of the model.
STRIDE = 8


@dataclass(frozen=True, slots=True)
class Geometry:
    """The schedule of a stream and the policy of its speaker cache.

    Attributes
    ----------
    left, chunk, right
        Context before a step's new frames, the new frames, and the frames it looks ahead.
    fifo, update, cache
        Rows of the queue, rows that leave it together, and rows of the cache.
    silence_rows
        Rows of the cache that each speaker leaves to silence.
    is_silence_learned
        Whether the silence is a vector of the model instead of a mean over quiet frames.
    is_padded
        Whether queue and cache enter the graph at their full size, with their lengths.
    is_fine
        Whether the graph reports activity each 10 ms besides each 80 ms.
    """

    left: int
    chunk: int
    right: int
    fifo: int
    update: int
    cache: int
    silence_rows: int
    is_silence_learned: bool
    is_padded: bool
    is_fine: bool


# "Very high latency", for recordings. Source: nvidia/diar_streaming_sortformer_4spk-v2, model
# card.
SORTFORMER = Geometry(
    left=1,
    chunk=340,
    right=40,
    fifo=40,
    update=300,
    cache=188,
    silence_rows=3,
    is_silence_learned=False,
    is_padded=True,
    is_fine=False,
)
# The offline profile. Source: nvidia/nemotron-3-diarization, model card and streaming_config.
NEMOTRON = Geometry(
    left=0,
    chunk=340,
    right=40,
    fifo=40,
    update=300,
    cache=264,
    silence_rows=1,
    is_silence_learned=True,
    is_padded=False,
    is_fine=True,
)


@dataclass(frozen=True, slots=True)
class DiarizerFacts:
    """What the owner of a stream must know of the graph."""

    geometry: Geometry
    speakers: int
    bands: int
    silence: NDArray[np.float32]
