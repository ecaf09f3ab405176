"""The voices of local speakers: one embedding for each speaker of each window."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cpu_engine.diarization.embeddings import Embedder, Features, Vector, centres
from cpu_engine.diarization.segmentation import FIRST_CENTRE_S, FRAME_STEP_S, WINDOW_S, Windows

# Less speech than this in a window is a cough or an error.
SHORTEST_S = 0.25
# With this much speech alone, frames shared with another speaker are left out.
SHORTEST_CLEAN_S = 0.4
# CAM++ needs some frames to pool over.
FEWEST_FEATURES = 20


@dataclass(frozen=True, slots=True)
class LocalVoice:
    """One local speaker of one window.

    clean_s is the time it talks alone; share_s is the same with time that several windows
    cover divided among them, so that it adds up to time in the recording.
    """

    window: int
    speaker: int
    vector: Vector
    clean_s: float
    share_s: float


def local_voices(windows: Windows, features: Features, embedder: Embedder) -> list[LocalVoice]:
    """Fingerprint every local speaker that has enough speech, window by window."""
    times = centres(features)
    coverage = window_coverage(windows)
    found = []
    for window, start in enumerate(windows.starts):
        first, last = np.searchsorted(times, [start, start + WINDOW_S])
        frame_of_feature = nearest_frames(times[first:last] - start, windows.frame_count)
        for speaker, used, clean in _speakers(windows.active[window]):
            chosen = features[first:last][used[frame_of_feature]]
            if len(chosen) >= FEWEST_FEATURES:
                clean_s = float(clean.sum() * FRAME_STEP_S)
                share_s = float((clean / coverage[window]).sum() * FRAME_STEP_S)
                vector = embedder(chosen)
                found.append(LocalVoice(window, speaker, vector, clean_s, share_s))
    return found


def window_coverage(windows: Windows) -> NDArray[np.int64]:
    """Return how many windows cover each frame of each window: (windows, frames), at least 1."""
    times = np.stack([windows.centres(window) for window in range(len(windows.starts))])
    begun = np.searchsorted(windows.starts, times, side="right")
    ended = np.searchsorted(windows.starts + WINDOW_S, times, side="right")
    covering: NDArray[np.int64] = np.maximum(1, begun - ended)
    return covering


def nearest_frames(times: NDArray[np.float64], frame_count: int) -> NDArray[np.int64]:
    """Return the segmentation frame nearest to each time, in s from the window's start."""
    frames = np.rint((times - FIRST_CENTRE_S) / FRAME_STEP_S).astype(np.int64)
    return np.clip(frames, 0, frame_count - 1)


def _speakers(
    active: NDArray[np.bool_],
) -> Iterator[tuple[int, NDArray[np.bool_], NDArray[np.bool_]]]:
    """Yield the speaker, the frames to listen to and the frames it has for itself."""
    alone = active.sum(axis=1) == 1
    for speaker, spoken in enumerate(active.T):
        clean = spoken & alone
        if spoken.sum() * FRAME_STEP_S >= SHORTEST_S:
            used = clean if clean.sum() * FRAME_STEP_S >= SHORTEST_CLEAN_S else spoken
            yield speaker, used, clean
