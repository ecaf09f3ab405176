"""A recording of any length through a streaming diarizer, step by step, in bounded memory.

Source: NeMo 3.0.0, ``SortformerModules.streaming_update``; transformers 5.24.0,
``Nemotron3Diarization``.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nvidia_engine.diarization.geometry import STRIDE, Geometry
from nvidia_engine.diarization.speaker_cache import Rows, compress

# Frames whose activities sum to less are quiet; NeMo's ``sil_threshold``.
_QUIET = 0.2


@dataclass(frozen=True, slots=True)
class StepInput:
    """What a graph is asked: mel rows of a chunk with its contexts, the cache, the queue."""

    chunk: Rows
    cache: Rows
    fifo: Rows


@dataclass(frozen=True, slots=True)
class StepOutput:
    """What a graph answers.

    Attributes
    ----------
    activity
        (cache + queue + chunk, speakers), each 80 ms.
    embeddings
        (chunk, width), of the chunk with its contexts.
    fine
        The same activity each 10 ms, or None.
    """

    activity: Rows
    embeddings: Rows
    fine: Rows | None = None


Step = Callable[[StepInput], StepOutput]
# First and last mel row → the rows.
MelSource = Callable[[int, int], Rows]


@dataclass(slots=True)
class _State:
    """Cache and queue between steps."""

    cache: Rows
    fifo: Rows
    silence: Rows
    # None until the cache was first compressed: until then its rows' activity is each step's.
    cache_activity: Rows | None = None
    quiet_frames: int = field(default=0)


def stream_activity(
    step: Step, mel: MelSource, frames: int, geometry: Geometry, silence: Rows, speakers: int
) -> Iterator[NDArray[np.float32]]:
    """Report who speaks, chunk after chunk.

    Parameters
    ----------
    mel
        Gives mel rows by position; `frames` is how many there are (10 ms).
    silence
        (width,) the model's learned silence, or zeros.

    Yields
    ------
    (n, speakers) probabilities, each 10 ms where the graph is fine, else each 80 ms.
    """
    empty = np.zeros((0, len(silence)), np.float32)
    state = _State(empty, empty, silence.astype(np.float32))
    for start in range(0, frames, geometry.chunk * STRIDE):
        end = min(start + geometry.chunk * STRIDE, frames)
        back = min(geometry.left, start // STRIDE)
        ahead = min(end + geometry.right * STRIDE, frames)
        answer = step(StepInput(mel(start - back * STRIDE, ahead), state.cache, state.fifo))
        new = math.ceil((end - start) / STRIDE)
        before = len(state.cache) + len(state.fifo) + back
        if answer.fine is None:
            yield answer.activity[before : before + new]
        else:
            yield answer.fine[before * STRIDE : before * STRIDE + end - start]
        embeddings = answer.embeddings[back : back + new]
        own = answer.activity[len(state.cache) : len(state.cache) + len(state.fifo)]
        activity = np.concatenate([own, answer.activity[before : before + new]])
        _push(state, embeddings, activity, answer.activity[: len(state.cache)], geometry)


def _push(
    state: _State, embeddings: Rows, activity: Rows, cache_activity: Rows, geometry: Geometry
) -> None:
    """Put a chunk into the queue; what overflows enters the cache with this step's activity."""
    queue = np.concatenate([state.fifo, embeddings])
    overflow = len(queue) - geometry.fifo
    leaving = min(max(geometry.update, overflow), len(queue)) if overflow > 0 else 0
    state.fifo = queue[leaving:]
    if not leaving:
        return
    rows, their = queue[:leaving], activity[:leaving]
    if not geometry.is_silence_learned:
        _hear_silence(state, rows, their)
    known = cache_activity if state.cache_activity is None else state.cache_activity
    cache, held = np.concatenate([state.cache, rows]), np.concatenate([known, their])
    if len(cache) > geometry.cache:
        cache, held = compress(cache, held, state.silence, geometry)
        state.cache_activity = held
    elif state.cache_activity is not None:
        state.cache_activity = held
    state.cache = cache


def _hear_silence(state: _State, rows: Rows, activity: Rows) -> None:
    """Keep the mean embedding of all quiet frames that left the queue."""
    is_quiet = activity.sum(axis=1) < _QUIET
    count = int(is_quiet.sum())
    if count:
        total = state.silence * state.quiet_frames + rows[is_quiet].sum(axis=0)
        state.quiet_frames += count
        state.silence = (total / state.quiet_frames).astype(np.float32)
