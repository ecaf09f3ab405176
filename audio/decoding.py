"""Any recording, as mono samples, in bounded memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain, groupby
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from av.error import FFmpegError, InvalidDataError
from numpy.typing import NDArray

from audio.merge.timeline import Span

SAMPLE_RATE = 16_000
# Not among these are playlists and the like, which would have the decoder open further files and
# addresses of whoever wrote them.
FORMATS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dts,eac3,flac,flv,matroska,webm,mov,mp4,m4a,"
    "3gp,3g2,mj2,mp2,mp3,mpeg,mpegts,ogg,opus,tta,voc,w64,wav,wv"
)


class UnusableAudio(Exception):
    """A recording that will not do, in which field, and why."""

    def __init__(self, param: str, reason: str) -> None:
        super().__init__(f"{param}: {reason}")
        self.param = param


class UndecodableAudio(UnusableAudio):
    """A recording that holds no audio we can read."""


def check_decodable(path: Path, *, param: str) -> None:
    """Refuse a recording, named by its field, of which not even the first samples can be read.

    Raises
    ------
    UndecodableAudio
    """
    if next(sample_blocks(path, param=param), None) is None:
        raise UndecodableAudio(param, "the recording holds no audio.")


def declared_s(path: Path, *, param: str = "file") -> float | None:
    """How long a recording says it is, in seconds; None where it does not say.

    Raises
    ------
    UndecodableAudio
    """
    with _opened(path, param) as container:
        return None if container.duration is None else container.duration / av.time_base


def sample_blocks(path: Path, *, param: str = "file") -> Iterator[NDArray[np.float32]]:
    """Yield a recording as blocks of 16 kHz mono samples in [-1, 1], channels averaged.

    A recording that breaks off ends where it breaks off.

    Raises
    ------
    UndecodableAudio
        Before the first block, when there is none to come.
    """
    with _opened(path, param) as container:
        for block in _resampled(_frames(container)):
            # FFmpeg's own mix to mono is louder than the average, and clips.
            yield block.to_ndarray().mean(axis=0)


def clips(path: Path, spans: Sequence[Span], *, param: str = "file") -> list[NDArray[np.float32]]:
    """The 16 kHz mono samples of some spans, read in one pass; none where the recording ended.

    Raises
    ------
    UndecodableAudio
    """
    edges = [(round(s.start * SAMPLE_RATE), round(s.end * SAMPLE_RATE)) for s in spans]
    pieces: list[list[NDArray[np.float32]]] = [[np.empty(0, np.float32)] for _ in spans]
    last, at = max((end for _, end in edges), default=0), 0
    for block in sample_blocks(path, param=param):
        for (start, end), found in zip(edges, pieces, strict=True):
            if start < at + len(block) and end > at:
                found.append(block[max(0, start - at) : end - at])
        at += len(block)
        if at >= last:
            break
    return [np.concatenate(found) for found in pieces]


def _frames(container: InputContainer) -> Iterator[AudioFrame]:
    """Yield what can be decoded: damaged packets are skipped, a file ends where it breaks off."""
    try:
        for packet in container.demux(audio=0):
            with suppress(InvalidDataError):
                for frame in packet.decode():
                    assert isinstance(frame, AudioFrame)  # noqa: S101 — of an audio stream
                    frame.pts = None
                    yield frame
    except (FFmpegError, ValueError):
        return


def _resampled(frames: Iterator[AudioFrame]) -> Iterator[AudioFrame]:
    """Yield 16 kHz frames of float channels; joined recordings may change their shape midway."""
    for _shape, alike in groupby(frames, key=_shape_of):
        resampler = AudioResampler(format="fltp", rate=SAMPLE_RATE)
        for frame in chain(alike, [None]):
            yield from resampler.resample(frame)


def _shape_of(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


@contextmanager
def _opened(path: Path, param: str) -> Iterator[InputContainer]:
    undecodable = UndecodableAudio(
        param, "the audio file could not be decoded or its format is not supported."
    )
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "none"}
    with path.open("rb") as file:
        try:
            container = av.open(file, "r", options=options, metadata_errors="ignore")
        except (FFmpegError, ValueError) as error:
            raise undecodable from error
        with container:
            if not container.streams.audio:
                raise undecodable
            yield container
