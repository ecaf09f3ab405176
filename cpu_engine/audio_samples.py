"""Any recording → 16 kHz mono samples."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from numpy.typing import NDArray

from cpu_engine.file_clock import FileClock
from cpu_engine.http.errors import AudioTooLong, BadAudio

SAMPLE_RATE = 16000
# OpenAI refuses recordings under 0.1 s; Whisper and the segmentation have nothing to go on.
SHORTEST_S = 0.1
# Quieter samples are the noise of converters and encoders: 16 bits have steps of 0.00003.
SILENT = 0.001
# Whether channels cancel each other does not change within a recording.
LISTEN_S = 30.0
# Playlists and other formats that open further files or addresses are not among these.
FORMATS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dts,eac3,flac,flv,matroska,webm,mov,mp4,m4a,"
    "3gp,3g2,mj2,mp2,mp3,mpeg,mpegts,ogg,opus,tta,voc,w64,wav,wv"
)

Samples = NDArray[np.float32]


def decode(path: Path, longest_s: float = float("inf")) -> Samples:
    """Read a recording of any common format as one channel at 16 kHz.

    Channels are averaged, unless they cancel each other: then the loudest is read. The first audio
    stream with sound is read. Samples are at the times that a player shows, with
    silence where the file has none. A file that ends too early gives what it holds.

    Returns
    -------
    (samples,) float32 in [-1, 1].

    Raises
    ------
    BadAudio
        When there is no audio, none that can be decoded, or less than 0.1 s of it.
    AudioTooLong
        When it lasts longer than `longest_s`, found without decoding the rest.
    """
    # A growing buffer is what the array is a view of: blocks are never held twice.
    buffer = bytearray()
    for block in _blocks(path, longest_s):
        buffer += block.tobytes()
        if len(buffer) > 4 * SAMPLE_RATE * longest_s:
            raise AudioTooLong(longest_s)
    samples = np.frombuffer(buffer, np.float32)
    if len(samples) < SHORTEST_S * SAMPLE_RATE:
        raise BadAudio("The audio is too short: at least 0.1 seconds are needed.")
    return samples


def _blocks(path: Path, longest_s: float) -> Iterator[Samples]:
    if path.stat().st_size == 0:
        raise BadAudio("The audio file is empty.")
    try:
        stream, channel = _find_sound(path, longest_s)
        for block in _channels(path, stream, longest_s):
            yield block.mean(axis=0) if channel is None else block[min(channel, len(block) - 1)]
    except (av.error.FFmpegError, ValueError, UnicodeError) as error:
        raise BadAudio(
            "The audio file could not be decoded or its format is not supported."
        ) from error


def _find_sound(path: Path, longest_s: float) -> tuple[int, int | None]:
    """Return the first audio stream with sound, and its channel; None for the mean of all."""
    with _opened(path) as container:
        streams = container.streams.audio
        if not streams:
            raise BadAudio("The file has no audio track.")
        count, channels = len(streams), streams[0].codec_context.layout.nb_channels
    if count == channels == 1:
        return 0, None
    for stream in range(count):
        is_audible, channel = _listen(_channels(path, stream, longest_s))
        if is_audible:
            return stream, channel
    return 0, None


def _listen(blocks: Iterator[Samples]) -> tuple[bool, int | None]:
    """Return whether there is sound, and the loudest channel where the mean loses it.

    The mean of N channels has 1/N² of the energy of one that is alone among silent ones, and more
    where they are alike. With less than half of that they cancel each other.
    """
    audible = 0
    energies, mean = np.zeros(0), 0.0
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


def _channels(path: Path, stream: int, longest_s: float) -> Iterator[Samples]:
    """Yield blocks of shape (channels, samples) at 16 kHz.

    Channels are resampled one by one: FFmpeg's own mix makes equal channels louder than 1.
    """
    resampler, channels = _resampler(), 0
    with _opened(path) as container:
        clock = FileClock(container, longest_s)
        try:
            for frame in container.decode(audio=stream):
                if silence_s := clock.silence_before(frame):
                    yield from _arrays(resampler.resample(None) if channels else ())
                    yield from _silence(silence_s, max(channels, 1))
                    resampler = _resampler()
                frame.pts = None
                for block in _arrays(resampler.resample(frame)):
                    channels = len(block)
                    yield block
        except av.error.FFmpegError:
            # A recording that was cut off is worth what it holds.
            if not channels:
                raise
        yield from _arrays(resampler.resample(None) if channels else ())


def _resampler() -> av.AudioResampler:
    return av.AudioResampler(format="fltp", rate=SAMPLE_RATE)


def _arrays(frames: Iterable[av.AudioFrame]) -> Iterator[Samples]:
    for frame in frames:
        yield frame.to_ndarray().astype(np.float32, copy=False)


def _silence(seconds: float, channels: int) -> Iterator[Samples]:
    """Yield silence a second at a time: a timestamp may claim hours."""
    left = round(seconds * SAMPLE_RATE)
    while left > 0:
        yield np.zeros((channels, min(left, SAMPLE_RATE)), np.float32)
        left -= SAMPLE_RATE
