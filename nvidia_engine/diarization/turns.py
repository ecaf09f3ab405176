"""Activity → turns: thresholds, pads, what is too short.

Source: NeMo 3.0.0, ``ts_vad_post_processing`` in ``asr/parts/utils/vad_utils.py``.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nvidia_engine.runs import find_runs

Activity = NDArray[np.uint8]

# Activity is kept in 255ths, so that hours of it stay small.
FULL = 255
# The states of speech change with frames of this length, whatever the model's frames are.
UNIT_S = 0.01
# Seconds of frames are not exact in binary.
_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Preset:
    """How activity becomes turns; thresholds are probabilities, the rest seconds.

    Speech begins above `onset` and ends below `offset`. An offset above the onset is meant as
    written: between them the state changes every 10 ms, and pads and `min_off` fill the gaps.
    """

    onset: float
    offset: float
    pad_on: float
    pad_off: float
    min_on: float
    min_off: float


# The model's own defaults, with gaps under half a second filled. Source of that: journal of the
# author of a public ONNX export, mean DER 17.2 → 15.4 % on five clips.
NEMOTRON = Preset(0.5, 0.5, 0.0, 0.0, 0.0, 0.5)
# Source: NeMo's post-processing files for diar_streaming_sortformer_4spk-v2, DIHARD III, zero
# collar (Apache-2.0).
SORTFORMER = Preset(0.56, 1.0, 0.063, 0.002, 0.007, 0.151)


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker from start to end, in seconds; confidence is the mean activity."""

    start: float
    end: float
    speaker: str
    confidence: float


def find_turns(activity: Activity, frame_s: float, preset: Preset) -> tuple[list[Turn], list[int]]:
    """Find who spoke when.

    Parameters
    ----------
    activity
        (frames, heads), in 255ths.
    frame_s
        Seconds of a frame.

    Returns
    -------
    The turns by start, labelled ``Speaker_0``, ``Speaker_1``, … in the order of first speech, and
    for each label the head that it is.
    """
    duration = len(activity) * frame_s
    spans = [
        _spans(activity[:, head], frame_s, duration, preset) for head in range(activity.shape[1])
    ]
    heads = sorted((h for h, found in enumerate(spans) if found), key=lambda h: (spans[h][0], h))
    turns = [
        Turn(
            round(start, 3),
            round(end, 3),
            f"Speaker_{label}",
            _mean(activity[:, head], start, end, frame_s),
        )
        for label, head in enumerate(heads)
        for start, end in spans[head]
    ]
    return sorted(turns, key=lambda turn: (turn.start, turn.end, turn.speaker)), heads


def _spans(
    activity: Activity, frame_s: float, duration: float, preset: Preset
) -> list[tuple[float, float]]:
    """Find one head's speech.

    The order is NeMo's: pad, merge, drop short speech, fill short gaps.
    """
    padded = [
        (max(start * UNIT_S - preset.pad_on, 0.0), min(end * UNIT_S + preset.pad_off, duration))
        for start, end in _speech(activity, round(frame_s / UNIT_S), preset)
    ]
    spans = _merged(padded, 0.0)
    spans = [(start, end) for start, end in spans if end - start > preset.min_on - _TINY]
    return _merged(spans, preset.min_off)


def _speech(activity: Activity, units: int, preset: Preset) -> Iterator[tuple[int, int]]:
    """Find the runs of one head's speech, in units of 10 ms, of which a frame has some."""
    is_on = False

    def is_speaking(start: int, end: int) -> NDArray[np.bool_]:
        nonlocal is_on
        part = np.repeat(activity[start // units : math.ceil(end / units)], units)
        skipped = start % units
        states = _switched(part[skipped : skipped + end - start], preset, is_on)
        is_on = bool(states[-1])
        return states

    return find_runs(len(activity) * units, is_speaking)


def _switched(activity: Activity, preset: Preset, was_on: bool) -> NDArray[np.bool_]:
    """Switch on above the onset and off below the offset, from the state of the frame before.

    A frame above both is on and below both is off, whatever came before; one that is above the
    onset and below the offset changes the state, and one between offset and onset keeps it.
    """
    is_on, is_off = activity > preset.onset * FULL, activity < preset.offset * FULL
    changes = is_on & is_off
    is_decided = is_on ^ is_off
    last = np.maximum.accumulate(
        np.where(is_decided, np.arange(len(activity), dtype=np.int32), np.int32(-1))
    )
    parity = np.cumsum(changes, dtype=np.int32)
    since: NDArray[np.int32] = parity - np.where(last >= 0, parity[last], 0)
    state = np.where(last >= 0, is_on[last], was_on)
    return np.asarray(state ^ (since % 2 == 1))


def _merged(spans: Sequence[tuple[float, float]], gap: float) -> list[tuple[float, float]]:
    """Join spans with less than `gap` between them, or that touch."""
    joined: list[tuple[float, float]] = []
    for start, end in spans:
        if joined and (start <= joined[-1][1] or start - joined[-1][1] < gap - _TINY):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _mean(activity: Activity, start: float, end: float, frame_s: float) -> float:
    first, last = round(start / frame_s), round(end / frame_s)
    part = activity[first : max(last, first + 1)]
    return round(float(part.mean()) / FULL, 3) if len(part) else 0.0
