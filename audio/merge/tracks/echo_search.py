"""The search for the path of the system track's sound into the mic track."""

from collections.abc import Iterator
from dataclasses import replace

from audio.merge.tracks.echo_path import EchoPath, PathPiece, fit_path
from audio.merge.tracks.echo_reference import AHEAD_S, RATE, EchoReference
from audio.merge.tracks.lag_windows import SHARP, Samples, measure_lags
from audio.merge.tracks.loudness import Track

# At more than this, a lag moves by a quarter of a millisecond within one window.
_FAST = 20e-6
_ROUNDS = 2
_BLOCK = 4 * RATE


def find_echo_path(mic: Track, system: Track) -> EchoPath | None:
    """Find where the mic track hears the system track.

    Where the clocks drift apart, the lags are measured again against the system track on the mic's
    clock, as far as it is known: within one window a lag must not move.

    Parameters
    ----------
    mic, system
        Tracks of 16 kHz; their first samples may be up to 30 s apart.

    Returns
    -------
    EchoPath or None
        None where no lag is sharp: the mic hears nothing of the system track.

    """
    path = fit_path(measure_lags(mic, system))
    for _ in range(_ROUNDS):
        if path is None or len(path.pieces) > 1 or abs(path.drift) < _FAST:
            break
        rest = fit_path(measure_lags(mic, _on_the_mics_clock(system, path)))
        if rest is None or len(rest.pieces) > 1:
            break
        path = _composed(path, rest)
        if abs(rest.drift) < _FAST / 4:
            break
    return path if path and path.sharpness >= SHARP else None


def _on_the_mics_clock(system: Track, path: EchoPath) -> Track:
    def blocks() -> Iterator[Samples]:
        reference = EchoReference(system.blocks(), path)
        while not reference.has_ended:
            yield reference.next(_BLOCK)

    return Track(RATE, blocks)


def _composed(path: EchoPath, rest: EchoPath) -> EchoPath:
    """Return the path whose lag is that of the one and the rest that was found after it."""
    one, other = path.pieces[0], rest.pieces[0]
    piece = PathPiece(0.0, one.lag + other.lag - AHEAD_S, one.drift + other.drift)
    return replace(path, pieces=(piece,), sharpness=rest.sharpness)
