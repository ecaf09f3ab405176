"""Turns with start and end, from the frames in which each person speaks."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cpu_engine.diarization.segmentation import FIRST_CENTRE_S, FRAME_STEP_S

# A pause up to this long does not end a turn; shorter speech is not a turn.
LONGEST_PAUSE_S = 0.25
SHORTEST_TURN_S = 0.2
# A frame covers the time around its centre, half a step each way.
_FRAME_START_S = FIRST_CENTRE_S - FRAME_STEP_S / 2


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """One person (a number) talking from start to end, in s."""

    start: float
    end: float
    person: int


def find_turns(speaking: NDArray[np.bool_], duration_s: float) -> list[Turn]:
    """Join frames (frames, people) into turns between pauses, ordered by start."""
    runs = [run for person in range(speaking.shape[1]) for run in _runs(speaking, person)]
    clipped = [replace(run, end=min(run.end, duration_s)) for run in runs]
    return [turn for turn in join_turns(clipped) if turn.end - turn.start >= SHORTEST_TURN_S]


def join_turns(turns: Iterable[Turn]) -> list[Turn]:
    """Join turns of one person that overlap or have only a short pause between, by start."""
    joined: list[Turn] = []
    last: dict[int, int] = {}
    for turn in sorted(turns):
        place = last.get(turn.person)
        if place is not None and turn.start - joined[place].end <= LONGEST_PAUSE_S:
            joined[place] = replace(joined[place], end=max(joined[place].end, turn.end))
        else:
            last[turn.person] = len(joined)
            joined.append(turn)
    return joined


def frame_at(times: NDArray[np.float64], frame_count: int) -> NDArray[np.int64]:
    """Return the frame into which each time (s) falls. Times outside go to the first or last."""
    frames = np.floor((times - _FRAME_START_S) / FRAME_STEP_S).astype(np.int64)
    return np.clip(frames, 0, frame_count - 1)


def _runs(speaking: NDArray[np.bool_], person: int) -> list[Turn]:
    padded = np.concatenate([[False], speaking[:, person], [False]]).astype(np.int8)
    steps = np.diff(padded)
    begins, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    times = [edges * FRAME_STEP_S + _FRAME_START_S for edges in (begins, ends)]
    return [Turn(float(begin), float(end), person) for begin, end in zip(*times, strict=True)]
