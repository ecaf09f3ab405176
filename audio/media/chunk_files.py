"""The chunks of a long recording, as files of a length that engines take, cut in pauses.

Neighbouring chunks overlap. The recording is decoded once, in memory that does not grow with it.
"""

import wave
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
from audio.media.recording import Recording
from audio.media.sample_buffer import SampleBuffer

# How far from the planned position a cut may be, if it is quieter there.
SEARCH_S = 15.0
OVERLAP_S = 10.0
# A shorter last chunk is joined to the one before: less speech does not identify its speakers.
SHORTEST_S = 60.0
_FRAME = SAMPLE_RATE // 50
# A pause lasts this many frames, so that a stop consonant inside a word does not count as one.
_PAUSE_FRAMES = 15

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class ChunkFile:
    """A part of a recording as a file, in seconds; no other chunk owns `begin` to `stop`."""

    path: Path
    start: float
    end: float
    begin: float
    stop: float


@dataclass(frozen=True, slots=True)
class CutRule:
    """How a recording is cut: in the quietest moment within `search_s` of the planned position.

    Neighbours share `overlap_s`; a last chunk shorter than `shortest_s` is joined to the one
    before.
    """

    search_s: float = SEARCH_S
    overlap_s: float = OVERLAP_S
    shortest_s: float = SHORTEST_S

    @property
    def most_added_s(self) -> float:
        """How much longer than planned a chunk may become."""
        half = self.overlap_s / 2
        return max(self.search_s + half, self.shortest_s) + half


CUT_RULE = CutRule()


def cut_within(limit_s: float, chunk_s: float) -> tuple[float, CutRule]:
    """Return the length of chunks that never exceed `limit_s`, at most `chunk_s`, and their rule.

    The rule is the usual one, unless the limit leaves too little room for it.
    """
    shares = limit_s / 8, limit_s / 8, limit_s / 4
    usual = (CUT_RULE.search_s, CUT_RULE.overlap_s, CUT_RULE.shortest_s)
    rule = CutRule(*map(min, shares, usual))
    return min(chunk_s, limit_s - rule.most_added_s), rule


@contextmanager
def chunk_files(
    recording: Recording,
    chunk_s: float,
    rule: CutRule = CUT_RULE,
    *,
    after_each: Callable[[], None] = lambda: None,
) -> Iterator[list[ChunkFile]]:
    """Cut a recording into chunks of about `chunk_s`: WAV files, deleted after the block.

    `after_each` is called after each chunk, and raises where the next is not wanted.

    Raises
    ------
    UnusableAudio, NoRoom
    """
    with TemporaryDirectory(dir=temporary_files.folder(), prefix="chunks-") as folder:
        chunks = []
        with closing(sample_blocks(recording)) as blocks:
            for chunk in cut_chunks(blocks, chunk_s, Path(folder), rule):
                chunks.append(chunk)
                after_each()
        yield chunks


@contextmanager
def rewritten(recording: Recording) -> Iterator[Recording]:
    """Write a recording as a WAV of the samples that the gateway hears, deleted after the block.

    Raises
    ------
    UnusableAudio, NoRoom
    """
    with TemporaryDirectory(dir=temporary_files.folder(), prefix="heard-") as folder:
        path, frames = Path(folder, "heard.wav"), 0
        with wave.open(str(path), "wb") as file, closing(sample_blocks(recording)) as blocks:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            for block in blocks:
                temporary_files.check_room(2 * len(block))
                file.writeframesraw(pcm(block).tobytes())
                frames += len(block)
        yield Recording(path, ".wav", field=recording.field, seconds=frames / SAMPLE_RATE)


def cut_chunks(
    blocks: Iterable[NDArray[np.float32]], chunk_s: float, folder: Path, rule: CutRule = CUT_RULE
) -> Iterator[ChunkFile]:
    """Write samples at 16 kHz as chunks, while they arrive."""
    length = round(chunk_s * SAMPLE_RATE)
    search, half = round(rule.search_s * SAMPLE_RATE), round(rule.overlap_s * SAMPLE_RATE / 2)
    ahead = length + max(search + half, round(rule.shortest_s * SAMPLE_RATE))
    buffer = SampleBuffer()
    begin = 0
    for block in blocks:
        buffer.add(pcm(block))
        while buffer.end - begin >= ahead:
            planned = begin + length
            near = buffer.between(planned - search, planned + search)
            stop = planned - search + quietest(near)
            yield _write(buffer, folder, begin, stop, stop + half)
            buffer.drop_before(stop - half)
            begin = stop
    yield _write(buffer, folder, begin, buffer.end, buffer.end)


def quietest(samples: Samples) -> int:
    """Return the middle of the quietest 0.3 s; among equals, the most central one."""
    frames = len(samples) // _FRAME
    energy = np.square(samples[: frames * _FRAME].reshape(frames, _FRAME), dtype=np.float64)
    pause = np.convolve(energy.sum(axis=1), np.ones(_PAUSE_FRAMES), mode="valid")
    least = np.flatnonzero(pause <= pause.min())
    frame = least[np.argmin(np.abs(least - len(pause) // 2))]
    return int(frame * _FRAME + _PAUSE_FRAMES * _FRAME // 2)


def _write(buffer: SampleBuffer, folder: Path, begin: int, stop: int, end: int) -> ChunkFile:
    path = folder / f"{begin}.wav"
    content = wav(buffer.between(buffer.start, end))
    temporary_files.check_room(len(content))
    path.write_bytes(content)
    times = (buffer.start, end, begin, stop)
    return ChunkFile(path, *(time / SAMPLE_RATE for time in times))
