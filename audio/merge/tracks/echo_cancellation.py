"""The mic track without its echo, block by block, in memory that does not grow with it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from audio.merge.tracks.echo_filter import BLOCK, LEVEL, EchoFilter, Spectra
from audio.merge.tracks.echo_path import EchoPath
from audio.merge.tracks.echo_reference import RATE, EchoReference
from audio.merge.tracks.lag_windows import Samples
from audio.merge.tracks.loudness import Track

Powers = NDArray[np.float64]

# The filter converges on this much, from the first echo on, before it runs from the start.
CONVERGENCE_S = 120.0
# As many blocks are filtered in one call as make the calls' own cost small.
_STRETCH = 16 * BLOCK


@dataclass(frozen=True, slots=True)
class CancelledBlock:
    """Samples of the mic track without the echo, and the echo; the sum is the mic track."""

    residual: Samples
    echo: Samples


@dataclass(frozen=True, slots=True)
class _Scale:
    """The gains that bring the speech of both tracks to the filter's level."""

    mic: float
    reference: float


def cancel_echo(mic: Track, system: Track, path: EchoPath) -> Iterator[CancelledBlock]:
    """Subtract the system track's echo from the mic track.

    The tracks are read three times: for their levels and until the filter has converged, from the
    first echo on for at most two minutes, and from the start.

    Parameters
    ----------
    mic, system
        Tracks of 16 kHz, in arrays of any length: the result does not depend on it.
    path
        Where the mic track hears the system track.

    Yields
    ------
    CancelledBlock
        As many samples in all as the mic track has, half a second each; the last may be shorter.

    """
    first = round(path.heard_s * RATE) // _STRETCH
    count = round(CONVERGENCE_S * RATE) // _STRETCH
    scale = _measure(islice(_pairs(mic, system, path), first, first + count))
    learning = islice(_pairs(mic, system, path), first, first + count)
    gains = _converged(learning, scale)
    echo_filter = EchoFilter(gains)
    for ours, reference in _pairs(mic, system, path):
        yield _cancelled(echo_filter, ours, reference, scale)


def _pairs(mic: Track, system: Track, path: EchoPath) -> Iterator[tuple[Samples, Samples]]:
    """Yield stretches of the mic track and of its reference; the last of the mic's is shorter."""
    reference = EchoReference(system.blocks(), path)
    for stretch in _blocks_of(_STRETCH, mic.blocks()):
        yield stretch, reference.next(_STRETCH)


def _blocks_of(length: int, blocks: Iterable[Samples]) -> Iterator[Samples]:
    held: list[Samples] = []
    size = 0
    for block in blocks:
        held.append(np.nan_to_num(block))
        size += len(block)
        if size >= length:
            whole = np.concatenate(held)
            for start in range(0, size - length + 1, length):
                yield whole[start : start + length]
            held, size = [whole[size - size % length :]], size % length
    if size:
        yield np.concatenate(held)


def _measure(pairs: Iterable[tuple[Samples, Samples]]) -> _Scale:
    """Measure the level of the louder frames of both tracks: that of speech, without pauses."""
    powers = [(_powers(mic), _powers(reference)) for mic, reference in pairs]
    if not powers:
        return _Scale(1.0, 1.0)
    mic, reference = (_speech_level(np.concatenate(side)) for side in zip(*powers, strict=True))
    return _Scale(LEVEL / mic, LEVEL / reference)


def _powers(samples: Samples) -> Powers:
    whole = len(samples) // BLOCK * BLOCK
    powers: Powers = np.square(samples[:whole].reshape(-1, BLOCK), dtype=np.float64).mean(axis=1)
    return powers


def _speech_level(powers: Powers) -> float:
    loud = powers[powers >= powers.mean()] if len(powers) else powers
    level = float(np.sqrt(loud.mean())) if len(loud) else 0.0
    return level if level > 0 else 1.0


def _converged(pairs: Iterable[tuple[Samples, Samples]], scale: _Scale) -> Spectra:
    echo_filter = EchoFilter()
    for mic, reference in pairs:
        _cancelled(echo_filter, mic, reference, scale)
    return echo_filter.gains


def _cancelled(
    echo_filter: EchoFilter, mic: Samples, reference: Samples, scale: _Scale
) -> CancelledBlock:
    whole = np.zeros(len(reference), np.float32)
    whole[: len(mic)] = mic * np.float32(scale.mic)
    echo = echo_filter.predict(whole, reference * np.float32(scale.reference))
    heard = (echo / np.float32(scale.mic))[: len(mic)]
    return CancelledBlock(mic - heard, heard)
