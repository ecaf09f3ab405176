"""The stitching of overlapping windows: who speaks in each frame of the whole recording."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from cpu_engine.diarization.local_speakers import LocalVoice
from cpu_engine.diarization.segmentation import FRAME_STEP_S, Windows

# segmentation-3.0 separates at most two simultaneous speakers.
MOST_AT_ONCE = 2


def stitch(
    windows: Windows,
    voices: Sequence[LocalVoice],
    people: NDArray[np.float32],
    duration_s: float,
) -> NDArray[np.bool_]:
    """Return who speaks in each frame of the recording: (frames, people).

    In each window every local speaker is one person and no two are the same (the assignment
    with the largest sum of cosine similarities). Windows that cover a frame vote: the mean
    number of speakers says how many talk, the votes say who; ties go to the lower number.
    """
    frame_count = int(duration_s / FRAME_STEP_S) + 1
    votes = np.zeros((frame_count, len(people)), np.float32)
    covered = np.zeros(frame_count, np.float32)
    for window, start in enumerate(windows.starts):
        first = round(start / FRAME_STEP_S)
        span = slice(first, min(first + windows.frame_count, frame_count))
        covered[span] += 1
        for voice, person in identify([v for v in voices if v.window == window], people):
            spoken = windows.active[window, : span.stop - span.start, voice.speaker]
            votes[span, person] += spoken
    votes /= np.maximum(covered, 1)[:, None]
    return elect(votes)


def identify(
    voices: Sequence[LocalVoice], people: NDArray[np.float32]
) -> list[tuple[LocalVoice, int]]:
    """Return the person of each local speaker of one window; surplus voices have no person."""
    if not voices:
        return []
    similarity = np.stack([voice.vector for voice in voices]) @ people.T
    rows, columns = linear_sum_assignment(similarity, maximize=True)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(voices[row], column) for row, column in pairs]


def elect(votes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Let the people with most votes speak, as many as the votes add up to: (frames, people)."""
    speakers = np.minimum(np.rint(votes.sum(axis=1)), MOST_AT_ONCE)
    rank = np.argsort(np.argsort(-votes, axis=1, kind="stable"), axis=1, kind="stable")
    elected: NDArray[np.bool_] = (rank < speakers[:, None]) & (votes > 0)
    return elected
