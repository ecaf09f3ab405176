"""Any recording → 16 kHz mono samples in a file, read back in parts."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np

from nvidia_engine.features import SAMPLE_RATE, Samples
from nvidia_engine.media.sound_streams import BadAudio, sound_blocks

# Shorter recordings have no word and no voice.
SHORTEST_S = 0.1


class SampleFile:
    """Samples in a file. Not mapped: the pages of a mapped file count as the process's memory."""

    def __init__(self, descriptor: int, count: int) -> None:
        self._descriptor, self._count = descriptor, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, part: slice, /) -> Samples:
        start, stop, _ = part.indices(self._count)
        content = os.pread(self._descriptor, 4 * max(stop - start, 0), 4 * start)
        return np.frombuffer(content, np.float32)


@contextmanager
def decoded(path: Path, folder: str | None) -> Iterator[SampleFile]:
    """Decode a recording into a file of its own, which lives as long as this context.

    Channels are averaged, unless they cancel each other: then the loudest is read. The first audio
    stream with sound is read. Samples are at the times that a player shows, with silence where the
    file has none. A file that was cut off gives what it holds.

    Yields
    ------
    (samples,) float32 in [-1, 1], read from the file where they are needed.

    Raises
    ------
    BadAudio
        When there is no audio, none that can be decoded, or less than 0.1 s of it.
    """
    with tempfile.TemporaryFile(dir=folder) as file:
        for block in _blocks(path):
            file.write(block.astype(np.float32, copy=False).tobytes())
        count = file.tell() // 4
        if count < SHORTEST_S * SAMPLE_RATE:
            raise BadAudio("The audio is too short: at least 0.1 seconds are needed.")
        file.flush()
        yield SampleFile(file.fileno(), count)


def _blocks(path: Path) -> Iterator[Samples]:
    if path.stat().st_size == 0:
        raise BadAudio("The audio file is empty.")
    try:
        yield from sound_blocks(path)
    except (av.error.FFmpegError, ValueError, UnicodeError) as error:
        raise BadAudio(
            "The audio file could not be decoded or its format is not supported."
        ) from error
