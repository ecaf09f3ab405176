"""A long recording as pieces that an engine takes, cut where it is quiet.

Neighbours have some time in common. The recording is decoded once, in a memory that does not grow
with it; the pieces are files.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from audio.media import temporary_files
from audio.media.decoding import SAMPLE_RATE, sample_blocks
from audio.media.encoding import pcm, wav

# How far from the wished place a cut may be, where it is quieter there.
SEARCH_S = 15.0
OVERLAP_S = 10.0
# A last piece shorter than this stays with the one before it: in so little speech nobody is known.
SHORTEST_S = 60.0
_FRAME = SAMPLE_RATE // 50
# The level of so many frames together, so that a stop inside a word is no place to cut.
_PAUSE_FRAMES = 15

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a recording as a file, in seconds; `begin` to `stop` is its own alone."""

    path: Path
    start: float
    end: float
    begin: float
    stop: float


@contextmanager
def pieces_of(
    path: Path,
    piece_s: float,
    *,
    param: str = "file",
    go_on: Callable[[], None] = lambda: None,
) -> Iterator[list[Piece]]:
    """The recording in pieces of about `piece_s`: WAV files that go with the end of the block.

    `go_on` is called after each, and raises where nobody wants the next.

    Raises
    ------
    UnusableAudio, NoRoom
    """
    with TemporaryDirectory(dir=temporary_files.folder(), prefix="pieces-") as place:
        pieces = []
        with closing(sample_blocks(path, param=param)) as blocks:
            for piece in cut(blocks, piece_s, Path(place)):
                pieces.append(piece)
                go_on()
        yield pieces


def cut(blocks: Iterable[NDArray[np.float32]], piece_s: float, folder: Path) -> Iterator[Piece]:
    """Write samples at 16 kHz as pieces, as they come."""
    piece = round(piece_s * SAMPLE_RATE)
    search, half = round(SEARCH_S * SAMPLE_RATE), round(OVERLAP_S * SAMPLE_RATE / 2)
    ahead = piece + max(search + half, round(SHORTEST_S * SAMPLE_RATE))
    kept = _Kept()
    begin = 0
    for block in blocks:
        kept.add(block)
        while kept.end - begin >= ahead:
            wished = begin + piece
            near = kept.between(wished - search, wished + search)
            stop = wished - search + quietest(near)
            yield _written(kept, folder, begin, stop, stop + half)
            kept.forget_before(stop - half)
            begin = stop
    yield _written(kept, folder, begin, kept.end, kept.end)


def quietest(samples: Samples) -> int:
    """Where is the quietest 0.3 s? Its middle; of several the one nearest to the middle of all."""
    frames = len(samples) // _FRAME
    energy = np.square(samples[: frames * _FRAME].reshape(frames, _FRAME), dtype=np.float64)
    pause = np.convolve(energy.sum(axis=1), np.ones(_PAUSE_FRAMES), mode="valid")
    least = np.flatnonzero(pause <= pause.min())
    place = least[np.argmin(np.abs(least - len(pause) // 2))]
    return int(place * _FRAME + _PAUSE_FRAMES * _FRAME // 2)


def _written(kept: "_Kept", folder: Path, begin: int, stop: int, end: int) -> Piece:
    path = folder / f"{begin}.wav"
    content = wav(kept.between(kept.start, end))
    temporary_files.check_room(len(content))
    path.write_bytes(content)
    times = (kept.start, end, begin, stop)
    return Piece(path, *(time / SAMPLE_RATE for time in times))


class _Kept:
    """The samples that are still needed; places count from the start of the recording."""

    def __init__(self) -> None:
        self.start = 0
        self.end = 0
        self._blocks: list[Samples] = []

    def add(self, block: NDArray[np.float32]) -> None:
        self._blocks.append(pcm(block))
        self.end += len(block)

    def between(self, start: int, end: int) -> Samples:
        if len(self._blocks) > 1:
            self._blocks = [np.concatenate(self._blocks)]
        whole = self._blocks[0] if self._blocks else np.empty(0, dtype=np.int16)
        return whole[start - self.start : end - self.start]

    def forget_before(self, start: int) -> None:
        self._blocks = [self.between(start, self.end).copy()]
        self.start = start
