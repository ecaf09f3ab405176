"""The sound of an opened recording: the stream that is heard, block by block, and facts about it.

Source of the clocks: FFmpeg applies the edit lists of MP4 to the timestamps that it returns.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, groupby
from typing import IO

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError, InvalidDataError
from av.packet import Packet
from av.stream import Stream
from numpy.typing import NDArray

from audio.media.decoders.file_clock import MOST_OFF_S, FileClock
from audio.media.decoders.protocol import SAMPLE_RATE, SAMPLE_RATES, Sound
from audio.media.decoders.sound_energy import SoundEnergy, measure_energy, mixed

# Playlists and similar formats are missing: they would have the decoder open files and addresses
# that the author of the recording chose.
FORMATS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dts,eac3,flac,flv,matroska,webm,mov,mp4,m4a,"
    "3gp,3g2,mj2,mp2,mp3,mpeg,mpegts,ogg,opus,tta,voc,w64,wav,wv"
)
# Their header says how long the recording is. FFmpeg estimates the others from their size.
_DECLARING = {"aiff", "avi", "flac", "flv", "matroska", "mov", "mp3", "tta"}
# Samples alone, without timestamps; the length is computed from the number of bytes.
_PLAIN = {"au", "caf", "voc", "w64", "wav"}
# Headers of MP3 that say how many frames follow.
_MP3_HEADERS = (b"Xing", b"Info", b"VBRI")
# Declared lengths are a little longer than the packets, at the end of each stream.
SLACK_S = 1.0
# A piece of silence, in samples: no more memory than a block of sound.
_SILENCE = SAMPLE_RATE

Samples = NDArray[np.float32]


class Undecodable(Exception):
    """The recording holds no audio that can be decoded."""


class OddSampleRate(Exception):
    """The recording has a sample rate outside SAMPLE_RATES; the argument is that rate (Hz)."""

    def __init__(self, rate: int) -> None:
        super().__init__(rate)
        self.rate = rate


class TooLong(Exception):
    """The recording is longer than the request allows."""


@contextmanager
def opened(recording: IO[bytes]) -> Iterator[InputContainer]:
    """Open a recording from its beginning.

    Raises
    ------
    Undecodable, OddSampleRate
    """
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "none"}
    recording.seek(0)
    try:
        container = av.open(recording, "r", options=options, metadata_errors="ignore")
    except MemoryError:
        raise
    except (FFmpegError, ValueError) as error:
        raise Undecodable from error
    with container:
        if not container.streams.audio:
            raise Undecodable
        for stream in container.streams.audio:
            _check_rate(stream.codec_context.sample_rate)
        yield container


def declared_s(container: InputContainer) -> float | None:
    """Return the length that a recording declares, in seconds; None where it declares none."""
    return None if container.duration is None else container.duration / av.time_base


def look_at(recording: IO[bytes], longest_s: float) -> tuple[float | None, Sound]:
    """Return the length of a recording in seconds, and what is to be known before it is heard.

    Raises
    ------
    Undecodable, OddSampleRate, TooLong
    """
    stream, streams, channel = find_sound(recording)
    with opened(recording) as container:
        times, is_mp3 = _packet_times(container, stream, longest_s), container.format.name == "mp3"
    is_declared = not is_mp3 or _has_mp3_header(recording)
    return times.seconds, Sound(
        stream=stream,
        streams=streams,
        is_one_channel=channel is not None,
        silence_s=times.silence_s,
        missing_s=times.missing_s if is_declared else 0.0,
    )


def find_sound(recording: IO[bytes]) -> tuple[int, int, int | None]:
    """Return the first audio stream with sound, how many there are, and its channel to hear.

    The channel is None where the mean of all is heard. A recording of one stream with one channel
    is not decoded for this.

    Raises
    ------
    Undecodable, OddSampleRate
    """
    with opened(recording) as container:
        listed = container.streams.audio
        streams, channels = len(listed), listed[0].codec_context.layout.nb_channels
    if streams == 1 and channels == 1:
        return 0, 1, None
    first: SoundEnergy | None = None
    for stream in range(streams):
        with opened(recording) as container:
            energy = measure_energy(_channels(container, stream), SAMPLE_RATE)
        if energy.audible_s or streams == 1:
            return stream, streams, energy.channel
        first = first or energy
    return 0, streams, None


def sound_blocks(
    container: InputContainer, stream: int, channel: int | None, longest_s: float
) -> Iterator[Samples]:
    """Yield the samples of a stream at 16 kHz on one channel, at the times that a player shows.

    Raises
    ------
    OddSampleRate
    """
    clock = FileClock(container, latest_s(container, longest_s))
    for silence_s, frames in _stretches(_frames(container, stream), clock):
        yield from _silence(silence_s)
        for block in _resampled(frames):
            yield mixed(block, channel)


def latest_s(container: InputContainer, longest_s: float) -> float:
    """Return the latest time that a timestamp may have, in seconds."""
    declared = declared_s(container)
    return longest_s if declared is None else min(declared + SLACK_S, longest_s)


@dataclass(frozen=True, slots=True)
class _PacketTimes:
    """The seconds of sound by its packets, of silence in it, and missing at its end."""

    seconds: float | None
    silence_s: float = 0.0
    missing_s: float = 0.0


def _packet_times(container: InputContainer, stream: int, longest_s: float) -> _PacketTimes:
    declared, audio = declared_s(container), container.streams.audio[stream]
    if (declared or 0.0) > longest_s:
        raise TooLong
    formats = set(container.format.name.split(","))
    if declared is not None and audio.codec_context.name.startswith("pcm_") and formats <= _PLAIN:
        return _PacketTimes(declared)
    # In MP4 a packet before a gap lasts to the end of the gap.
    frame_s = _frame_s(audio)
    longest_packet_s = frame_s if frame_s and "mov" in formats else longest_s
    clock = FileClock(container, latest_s(container, longest_s))
    latest, total_s, frames = 0.0, 0.0, 0
    for packet in _packets(container):
        time_s, length_s = float(packet.pts * packet.time_base), _packet_s(packet)  # type: ignore[operator]
        latest = max(latest, time_s + length_s)
        # Without lengths, the packets cannot show where some are missing.
        if packet.stream.index == audio.index and length_s:
            clock.follow(time_s, min(length_s, longest_packet_s))
            total_s, frames = total_s + length_s, frames + 1
        if max(total_s, clock.reached_s) > longest_s:
            raise TooLong
    # Timestamps may also run slower than the samples all along.
    drift_s = clock.reached_s - clock.silence_s - frames * frame_s if frame_s else 0.0
    silence_s = clock.silence_s + (drift_s if drift_s > MOST_OFF_S else 0.0)
    seconds = max(declared or 0.0, clock.reached_s, total_s) or None
    end_s = latest - (container.start_time or 0) / av.time_base
    missing_s = (declared or 0.0) - end_s if formats & _DECLARING else 0.0
    return _PacketTimes(seconds, silence_s, missing_s if missing_s > SLACK_S else 0.0)


def _packets(container: InputContainer) -> "Iterator[Packet[Stream]]":
    """Yield the packets that have a time and are played, of all streams."""
    with suppress(FFmpegError, EOFError, ValueError):
        for packet in container.demux():
            if packet.pts is not None and packet.time_base is not None and not packet.is_discard:
                yield packet


def _packet_s(packet: "Packet[Stream]") -> float:
    return float(max(0, packet.duration or 0) * (packet.time_base or 0))


def _frame_s(stream: AudioStream) -> float:
    """Return how long a frame of the codec is, in seconds; 0 where it varies."""
    codec = stream.codec_context
    return codec.frame_size / codec.sample_rate if codec.frame_size and codec.sample_rate else 0.0


def _has_mp3_header(recording: IO[bytes]) -> bool:
    recording.seek(0)
    beginning = recording.read(256 * 1024)
    return any(name in beginning for name in _MP3_HEADERS)


def _channels(container: InputContainer, stream: int) -> Iterator[Samples]:
    return _resampled(_frames(container, stream))


def _frames(container: InputContainer, stream: int) -> Iterator[AudioFrame]:
    """Yield the frames that can be decoded; skip damaged packets, end where the file does."""
    try:
        for packet in container.demux(audio=stream):
            with suppress(InvalidDataError):
                for frame in packet.decode():
                    assert isinstance(frame, AudioFrame)  # noqa: S101 — the stream is audio
                    yield frame
    except MemoryError:
        raise
    except (FFmpegError, ValueError):
        return


def _stretches(
    frames: Iterator[AudioFrame], clock: FileClock
) -> Iterator[tuple[float, Iterator[AudioFrame]]]:
    """Yield frames without a gap between them, and the seconds of silence before them."""
    stretch = 0
    silence: dict[int, float] = {0: 0.0}

    def stretch_of(frame: AudioFrame) -> int:
        nonlocal stretch
        silence_s = clock.place(frame.time, frame.samples / frame.sample_rate)
        if silence_s:
            stretch += 1
            silence[stretch] = silence_s
        return stretch

    for number, alike in groupby(frames, key=stretch_of):
        yield silence.pop(number), alike


def _silence(seconds: float) -> Iterator[Samples]:
    left = round(seconds * SAMPLE_RATE)
    while left > 0:
        yield np.zeros(min(left, _SILENCE), np.float32)
        left -= _SILENCE


def _resampled(frames: Iterator[AudioFrame]) -> Iterator[Samples]:
    """Yield 16 kHz blocks of shape ``(channels, samples)``.

    Joined recordings may change shape midway.
    """
    for (*_shape, rate), alike in groupby(frames, key=_shape_of):
        _check_rate(rate)
        resampler = AudioResampler(format="fltp", rate=SAMPLE_RATE)
        for frame in chain(alike, [None]):
            if frame is not None:
                frame.pts = None
            for block in resampler.resample(frame):
                yield block.to_ndarray().astype(np.float32, copy=False)


def _shape_of(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _check_rate(rate: int) -> None:
    """Refuse a rate outside SAMPLE_RATES; it is 0 where only decoding can find it."""
    if rate and rate not in SAMPLE_RATES:
        raise OddSampleRate(rate)
