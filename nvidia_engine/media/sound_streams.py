"""The sound of a recording: which stream and channel are heard, block by block."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain, groupby
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.container import InputContainer

from nvidia_engine.features import SAMPLE_RATE, Samples
from nvidia_engine.media.file_clock import FileClock

# Playlists and other formats that open further files or addresses are not among these.
FORMATS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dts,eac3,flac,flv,matroska,webm,mov,mp4,m4a,"
    "3gp,3g2,mj2,mp2,mp3,mpeg,mpegts,ogg,opus,tta,voc,w64,wav,wv"
)
# A header may claim 1 Hz, so that a small file becomes hours.
LOWEST_HZ, HIGHEST_HZ = 2_000, 384_000
# Quieter samples are the noise of converters and encoders: 16 bits have steps of 0.00003.
SILENT = 0.001
# Whether channels cancel each other does not change within a recording.
LISTEN_S = 30.0


class BadAudio(Exception):
    """A recording that cannot be used; the message is for the caller."""


def sound_blocks(path: Path) -> Iterator[Samples]:
    """Yield the samples of a recording at 16 kHz on one channel, at the times of a player.

    Raises
    ------
    BadAudio
        When it has no audio track, or an impossible sample rate.
    """
    stream, channel = _find_sound(path)
    with _opened(path) as container:
        for block in _channels(container, stream, FileClock(container)):
            yield block.mean(axis=0) if channel is None else block[min(channel, len(block) - 1)]


def _find_sound(path: Path) -> tuple[int, int | None]:
    """Return the first audio stream with sound, and its channel; None for the mean of all."""
    with _opened(path) as container:
        streams = container.streams.audio
        if not streams:
            raise BadAudio("The file has no audio track.")
        count, channels = len(streams), streams[0].codec_context.layout.nb_channels
    if count == channels == 1:
        return 0, None
    for stream in range(count):
        with _opened(path) as container:
            is_audible, channel = _listen(_channels(container, stream))
        if is_audible:
            return stream, channel
    return 0, None


def _listen(blocks: Iterator[Samples]) -> tuple[bool, int | None]:
    """Return whether there is sound, and the loudest channel where the mean loses it.

    The mean of N channels has 1/N² of the energy of one that is alone among silent ones, and more
    where they are alike. With less than half of that they cancel each other.
    """
    audible, energies, mean = 0, np.zeros(0), 0.0
    for block in blocks:
        energies = energies if len(energies) else np.zeros(len(block))
        if len(block) != len(energies) or not np.abs(block).max(initial=0.0) > SILENT:
            continue
        energies = energies + np.square(block, dtype=np.float64).sum(axis=1)
        mean += float(np.square(block.mean(axis=0), dtype=np.float64).sum())
        audible += block.shape[1]
        if audible > LISTEN_S * SAMPLE_RATE:
            break
    cancels = len(energies) > 1 and mean < energies.max() / len(energies) ** 2 / 2
    return audible > 0, int(energies.argmax()) if cancels else None


@contextmanager
def _opened(path: Path) -> Iterator[InputContainer]:
    # Opened here, so that no demuxer gets to open a path or an address by itself.
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "none"}
    with (
        path.open("rb") as file,
        av.open(file, "r", options=options, metadata_errors="ignore") as container,
    ):
        yield container


def _channels(
    container: InputContainer, stream: int, clock: FileClock | None = None
) -> Iterator[Samples]:
    """Yield blocks of shape (channels, samples) at 16 kHz; a clock adds the file's silence.

    Channels are resampled one by one: FFmpeg's own mix makes equal channels louder than 1.
    """
    stretch, silence_s = 0, 0.0

    def stretch_of(frame: AudioFrame) -> tuple[int, str, str, int]:
        nonlocal stretch, silence_s
        if clock and (found := clock.silence_before(frame)):
            stretch, silence_s = stretch + 1, found
        return stretch, frame.format.name, frame.layout.name, frame.sample_rate

    for (*_, rate), alike in groupby(_frames(container, stream), key=stretch_of):
        if not LOWEST_HZ <= rate <= HIGHEST_HZ:
            raise BadAudio(
                f"The sample rate is {rate} Hz: expected {LOWEST_HZ} to {HIGHEST_HZ} Hz."
            )
        yield from _silence(silence_s)
        silence_s = 0.0
        yield from _resampled(alike)


def _frames(container: InputContainer, stream: int) -> Iterator[AudioFrame]:
    """Yield the frames that can be decoded; damaged packets and a cut end are left out."""
    heard = False
    try:
        for packet in container.demux(audio=stream):
            with suppress(av.error.InvalidDataError):
                for frame in packet.decode():
                    if isinstance(frame, AudioFrame):
                        heard = True
                        yield frame
    except av.error.FFmpegError:
        if not heard:
            raise


def _resampled(frames: Iterator[AudioFrame]) -> Iterator[Samples]:
    resampler = av.AudioResampler(format="fltp", rate=SAMPLE_RATE)
    for frame in chain(frames, [None]):
        if frame is not None:
            frame.pts = None
        for block in resampler.resample(frame):
            yield block.to_ndarray().astype(np.float32, copy=False)


def _silence(seconds: float) -> Iterator[Samples]:
    """Yield silence a second at a time: a timestamp may claim hours."""
    left = round(seconds * SAMPLE_RATE)
    while left > 0:
        yield np.zeros((1, min(left, SAMPLE_RATE)), np.float32)
        left -= SAMPLE_RATE
