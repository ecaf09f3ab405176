"""The echo path: by how much the mic track is behind the system track, all along the recording.

Two recordings of one moment rarely begin together; two clocks drift apart; and a recorder that
leaves out silence moves all that follows. The path is a line for each piece between two jumps.

Sources
-------
P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", Journal of the
American Statistical Association 63 (1968): a few wrong lags do not move the median slope.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from audio.merge.intervals import Times
from audio.merge.tracks.lag_windows import SHARP, LagMeasurement, LagWindow, Samples
from audio.merge.values import Notice

# Clocks differ by up to 500 ppm, and a window's peak may be another reflection.
_FASTEST_DRIFT, _REFLECTION_S = 500e-6, 0.004
# Where clocks drift fast, the peak of a window is blurred. That this many windows in a row agree
# by chance, within some milliseconds of eleven seconds, does not happen in a day.
_BLURRED, _FEWEST_BLURRED = 7.0, 4
# A single window counts when it is this sharp: unrelated speech never is.
_SURE = 2 * SHARP
_FEWEST_FOR_DRIFT = 4
# Less than one sample of 16 kHz over a piece is no drift.
_LEAST_DRIFT_S = 1 / 16_000
_MOST_POINTS = 300
# The drift is refined within 40 ppm in steps of 2, on lags within 4 ms in steps of 1/16 ms.
_REFINED, _REFINED_STEP = 20, 2e-6
_GRID, _GRID_STEP_S = 64, 1 / 16_000
# A room answers later. The mirror image has no tail after the peak, but one before it.
_MIRRORED = 0.6
_EARLY_S = 0.02
# Wireless loudspeakers are up to this late.
_IN_STEP_S = 0.5


@dataclass(frozen=True, slots=True)
class PathPiece:
    """From ``start`` on, the lag is ``lag + drift * time``; all in seconds on the mic track."""

    start: float
    lag: float
    drift: float

    def lag_at(self, time: float) -> float:
        """Return the lag at a time on the mic track; positive where the mic is behind."""
        return self.lag + self.drift * time


@dataclass(frozen=True, slots=True)
class EchoPath:
    """The pieces in order, the first from 0 s; ``heard_s`` is the first window with an echo.

    ``is_mirrored``: the system track hears the mic track, and not the other way round.
    """

    pieces: tuple[PathPiece, ...]
    heard_s: float
    sharpness: float
    is_mirrored: bool = False

    @property
    def lag(self) -> float:
        """The lag where the first piece begins, in seconds."""
        return self.pieces[0].lag_at(self.pieces[0].start)

    @property
    def drift(self) -> float:
        """The drift of the longest piece, without unit."""
        starts = [piece.start for piece in self.pieces]
        lengths = np.diff([*starts, np.inf])
        return self.pieces[int(np.argmax(lengths))].drift

    def heard_until(self, system_s: float) -> float:
        """Return when the mic hears the end of a system track of this length; in seconds."""
        last = self.pieces[-1]
        return (system_s + last.lag) / (1 - last.drift)


def fit_path(measured: LagMeasurement) -> EchoPath | None:
    """Fit a line to each run of windows that agree; None where none do.

    A path whose sharpness is under `SHARP` is a guess, from windows that fast clocks have blurred:
    measured on the mic's clock it must be sharp.

    Examples
    --------
    >>> windows = tuple(LagWindow(t, t + 12, 0.06, 50.0, 4.0) for t in (0.0, 4.0, 8.0))
    >>> silent = np.zeros(0, np.float32)
    >>> fit_path(LagMeasurement(windows, silent, silent, 0.05)).pieces
    (PathPiece(start=0.0, lag=0.06, drift=0.0),)

    """
    runs = _runs(measured.sharper_than(SHARP), fewest=1)
    if not runs:
        runs = _runs(measured.sharper_than(_BLURRED), fewest=_FEWEST_BLURRED)
    if not runs:
        return None
    pieces = [replace(_line(runs[0]), start=0.0)]
    for before, after in pairwise(runs):
        piece = _line(after)
        start = _jump(measured, pieces[-1], piece, (before[-1].start, after[0].end))
        pieces.append(replace(piece, start=start))
    tails = [window.tail for run in runs for window in run]
    path = EchoPath(
        tuple(pieces),
        runs[0][0].start,
        float(np.median([window.sharpness for run in runs for window in run])),
    )
    return replace(path, is_mirrored=path.lag < -_EARLY_S and float(np.median(tails)) < _MIRRORED)


def check_step(path: EchoPath | None) -> tuple[Notice, ...]:
    """Return a warning where the two tracks do not run together.

    Parameters
    ----------
    path
        None where there is no echo, and nothing is known.

    Returns
    -------
    tuple of Notice
        One notice where the mic hears the system track more than half a second late, or early, or
        where the lag jumps; else empty.

    """
    if path is None:
        return ()
    if path.is_mirrored:
        late_ms = round(-path.lag * 1000)
        return (
            Notice(
                "tracks_out_of_step",
                f"The system track hears the mic track, {late_ms} ms later. Send the local user's "
                "microphone as mic_file, and the others as system_file.",
            ),
        )
    jumps = "".join(
        f"; from {piece.start:.1f} s on {_late(piece.lag_at(piece.start))}"
        for piece in path.pieces[1:]
    )
    if not jumps and -_EARLY_S <= path.lag <= _IN_STEP_S:
        return ()
    return (
        Notice(
            "tracks_out_of_step",
            f"The tracks do not run together: the mic hears the system track {_late(path.lag)}"
            f"{jumps}. The echo is followed, but the times of the two tracks differ by as much.",
        ),
    )


def _late(lag: float) -> str:
    return f"{abs(lag):.2f} s {'late' if lag >= 0 else 'early'}"


def _runs(windows: Sequence[LagWindow], *, fewest: int) -> list[list[LagWindow]]:
    """Group the windows that agree with the one before; leave out runs that may be chance."""
    runs = _joined([[window] for window in windows])
    return _joined([run for run in runs if len(run) >= fewest and _is_sure(run)])


def _joined(runs: Sequence[list[LagWindow]]) -> list[list[LagWindow]]:
    joined: list[list[LagWindow]] = []
    for run in runs:
        if joined and _agree(joined[-1][-1], run[0]):
            joined[-1] = [*joined[-1], *run]
        else:
            joined.append(run)
    return joined


def _agree(before: LagWindow, after: LagWindow) -> bool:
    apart = abs(after.lag - before.lag)
    return apart <= _REFLECTION_S + _FASTEST_DRIFT * (after.start - before.start)


def _is_sure(run: Sequence[LagWindow]) -> bool:
    return len(run) > 1 or run[0].sharpness >= _SURE


def _line(run: Sequence[LagWindow]) -> PathPiece:
    """Fit a line by the median of the slopes between all pairs (Theil and Sen), and refine it."""
    chosen = [run[index] for index in _spread(len(run))]
    times = np.array([(window.start + window.end) / 2 for window in chosen])
    lags = np.array([window.lag for window in chosen])
    drift = 0.0
    if len(chosen) >= _FEWEST_FOR_DRIFT:
        one, other = np.triu_indices(len(chosen), 1)
        drift = float(np.median((lags[other] - lags[one]) / (times[other] - times[one])))
        drift = _refined(chosen, times, drift)
        if abs(drift) * (times[-1] - times[0]) < _LEAST_DRIFT_S:
            drift = 0.0
    return PathPiece(run[0].start, float(np.median(lags - drift * times)), drift)


def _refined(chosen: Sequence[LagWindow], times: Times, drift: float) -> float:
    """Return the drift near this one at which the correlations of all windows agree best.

    The highest peak of one window is of another reflection than that of the next. All reflections
    move together.
    """
    if not all(len(window.profile) for window in chosen):
        return drift
    middle = float(times.mean())
    candidates = drift + np.arange(-_REFINED, _REFINED + 1) * _REFINED_STEP
    grid = np.median([w.lag - drift * (t - middle) for w, t in zip(chosen, times, strict=True)])
    grid = grid + np.arange(-_GRID, _GRID + 1) * _GRID_STEP_S
    agreement = [
        np.square(_stacked(chosen, candidate * (times - middle), grid)).sum()
        for candidate in candidates
    ]
    return float(candidates[int(np.argmax(agreement))])


def _stacked(chosen: Sequence[LagWindow], moved: Times, grid: Times) -> Times:
    """Sum the correlations of all windows, each moved by its drift and of height 1."""
    stack: Times = np.sum(
        [
            np.interp(grid, window.profile_lags - by, window.profile / window.profile.max())
            for window, by in zip(chosen, moved, strict=True)
        ],
        axis=0,
    )
    return stack


def _spread(count: int) -> NDArray[np.intp]:
    """Return at most 300 indices, evenly spread: the pairs of a long recording are millions."""
    return np.unique(np.linspace(0, count - 1, min(count, _MOST_POINTS)).astype(np.intp))


def _jump(
    measured: LagMeasurement, before: PathPiece, after: PathPiece, within: tuple[float, float]
) -> float:
    """Return when the lag changes: the levels fit one line until then, the other afterwards."""
    frame = measured.frame_s
    frames = np.arange(round(within[0] / frame), round(within[1] / frame))
    if not len(frames) or not len(measured.system_levels):
        return (within[0] + within[1]) / 2
    heard = _centred(_levels_at(measured.mic_levels, frames))
    fits = [
        heard * _centred(_levels_at(measured.system_levels, frames - round(_lag / frame)))
        for _lag in (piece.lag_at(within[0]) for piece in (before, after))
    ]
    gained = np.concatenate(([0.0], np.cumsum(fits[0] - fits[1])))
    best = np.flatnonzero(gained >= gained.max() - 1e-9)
    return float(within[0] + best[len(best) // 2] * frame)


def _levels_at(levels: Samples, frames: NDArray[np.intp]) -> Times:
    inside = (frames >= 0) & (frames < len(levels))
    found = np.zeros(len(frames))
    found[inside] = levels[frames[inside]]
    return found


def _centred(levels: Times) -> Times:
    """Return the loudness of each frame about its mean; a cube root comes near to that of ears."""
    loudness = np.cbrt(levels)
    centred: Times = loudness - loudness.mean()
    return centred
