"""Any recording → 16 kHz mono samples in a file, read back in parts."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer

from nvidia_engine.features import SAMPLE_RATE, Samples

# Shorter recordings have no word and no voice.
SHORTEST_S = 0.1
# Playlists and other formats that open further files or addresses are not among these.
FORMATS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dts,eac3,flac,flv,matroska,webm,mov,mp4,m4a,"
    "3gp,3g2,mj2,mp2,mp3,mpeg,mpegts,ogg,opus,tta,voc,w64,wav,wv"
)


class BadAudio(Exception):
    """A recording that cannot be used; the message is for the caller."""


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

    Channels are averaged. A file that was cut off gives what it holds.

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
            file.write(block.astype(np.float32).tobytes())
        count = file.tell() // 4
        if count < SHORTEST_S * SAMPLE_RATE:
            raise BadAudio("The audio is too short: at least 0.1 seconds are needed.")
        file.flush()
        yield SampleFile(file.fileno(), count)


def _blocks(path: Path) -> Iterator[Samples]:
    if path.stat().st_size == 0:
        raise BadAudio("The audio file is empty.")
    # Opened here, so that no demuxer gets to open a path or an address by itself.
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "none"}
    try:
        with (
            path.open("rb") as stream,
            av.open(stream, "r", options=options, metadata_errors="ignore") as container,
        ):
            yield from _resampled(container)
    except (av.error.FFmpegError, ValueError, UnicodeError) as error:
        raise BadAudio(
            "The audio file could not be decoded or its format is not supported."
        ) from error


def _resampled(container: InputContainer) -> Iterator[Samples]:
    if not container.streams.audio:
        raise BadAudio("The file has no audio track.")
    # Channels are averaged here: FFmpeg's own mix to one makes equal channels louder than 1.
    resampler = av.AudioResampler(format="fltp", rate=SAMPLE_RATE)
    heard = False
    try:
        for frame in container.decode(audio=0):
            frame.pts = None
            for block in resampler.resample(frame):
                heard = True
                yield block.to_ndarray().mean(axis=0)
    except av.error.FFmpegError:
        # A recording that was cut off is worth what it holds.
        if not heard:
            raise
    for block in resampler.resample(None) if heard else ():
        yield block.to_ndarray().mean(axis=0)
