"""Make media files whose sound is hard to place or to hear, with PyAV.

Each has three tones of 0.3 s, which begin at 1, 3 and 5 s of the sound.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream
from numpy.typing import NDArray

RATE = 48_000
SOUND_S = 6.0
TONES_S = (1.0, 3.0, 5.0)
TONE_S = 0.3
# The sound of a video begins this long after the first picture.
LATE_S = 2.5
# Packets of this time are left out.
GAP_S = (1.6, 2.6)
PICTURES_A_SECOND = 5
# The share of its bytes that is left of a file that was cut off.
CUT_SHARE = 0.5

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Container:
    """A container, by the suffix of its files, and how PyAV writes it."""

    suffix: str
    format: str
    codec: str
    video: str = ""
    has_gaps: bool = True
    rate: int = RATE


CONTAINERS = (
    Container(".wav", "wav", "pcm_s16le", has_gaps=False),
    Container(".24.wav", "wav", "pcm_s24le", has_gaps=False),
    Container(".aiff", "aiff", "pcm_s16be", has_gaps=False),
    Container(".w64", "w64", "pcm_s16le", has_gaps=False),
    Container(".flac", "flac", "flac", has_gaps=False),
    Container(".mp3", "mp3", "libmp3lame", has_gaps=False),
    Container(".aac", "adts", "aac", has_gaps=False),
    # Ogg has a timestamp for each page only, and MOV none for samples without a codec.
    Container(".ogg", "ogg", "libopus", has_gaps=False),
    Container(".m4a", "ipod", "aac"),
    Container(".mp4", "mp4", "aac", "mpeg4"),
    Container(".mov", "mov", "pcm_s16le", "mpeg4", has_gaps=False),
    Container(".mkv", "matroska", "libopus", "mpeg4"),
    Container(".webm", "webm", "libopus", "libvpx"),
    Container(".avi", "avi", "libmp3lame", "mpeg4", has_gaps=False),
    Container(".ts", "mpegts", "aac", "mpeg2video"),
    Container(".flv", "flv", "libmp3lame", "flv1", rate=44_100),
    Container(".wma", "asf", "wmav2", "msmpeg4v3", rate=44_100),
)
CASES = ("plain", "late sound", "gap", "opposite phase", "silent first stream", "cut off")


def can_be_made(container: Container, case: str) -> bool:
    """Return whether a container can hold such a file."""
    match case:
        case "late sound":
            return bool(container.video) and container.format != "avi"
        case "gap":
            return container.has_gaps
        case "silent first stream":
            return container.format in ("mp4", "mov", "matroska", "avi", "mpegts", "asf")
    return True


def tones_s(case: str) -> tuple[float, ...]:
    """Return when a player shows the tones of such a file."""
    late_s = LATE_S if case == "late sound" else 0.0
    return tuple(tone + late_s for tone in TONES_S)


def make_media_file(folder: Path, container: Container, case: str) -> Path:
    """Write a file of this container and case; `can_be_made` says whether there is one."""
    path = folder / f"{case.replace(' ', '-')}{container.suffix}"
    with av.open(str(path), "w", format=container.format) as file:
        silent = [np.zeros_like(_sound(container.rate))] if case == "silent first stream" else []
        sound = _sound(container.rate)
        if case == "opposite phase":
            sound = np.stack((sound[0], -sound[0]))
        _write(file, container, [*silent, sound], case)
    if case == "cut off":
        content = path.read_bytes()
        path.write_bytes(content[: round(len(content) * CUT_SHARE)])
    return path


def _sound(rate: int) -> Samples:
    time = np.arange(round(SOUND_S * rate), dtype=np.float32) / rate
    sound = np.zeros_like(time)
    for start in TONES_S:
        inside = (time >= start) & (time < start + TONE_S)
        sound[inside] = 0.5 * np.sin(2 * np.pi * 440 * time[inside])
    alone: Samples = sound[np.newaxis].astype(np.float32)
    return alone


def _write(
    file: OutputContainer, container: Container, sounds: Sequence[Samples], case: str
) -> None:
    video = _add_video(file, container) if case in ("late sound", "silent first stream") else None
    layouts = ["stereo" if len(sound) == 2 else "mono" for sound in sounds]
    streams = [
        cast(AudioStream, file.add_stream(container.codec, rate=container.rate, layout=layout))
        for layout in layouts
    ]
    for stream in streams:
        stream.bit_rate = 96_000
    packets = _pictures(video) if video else []
    for stream, sound in zip(streams, sounds, strict=True):
        packets += _packets(stream, sound)
    late = LATE_S if case == "late sound" else 0.0
    for packet in sorted(packets, key=lambda one: _time_s(one) + late * _is_sound(one)):
        if _is_sound(packet) and case == "gap" and GAP_S[0] <= _time_s(packet) < GAP_S[1]:
            continue
        if late and _is_sound(packet) and packet.time_base:
            ticks = round(late / packet.time_base)
            packet.pts = (packet.pts or 0) + ticks
            packet.dts = (packet.dts or 0) + ticks
        file.mux(packet)


def _add_video(file: OutputContainer, container: Container) -> VideoStream | None:
    if not container.video:
        return None
    video = cast(VideoStream, file.add_stream(container.video, rate=PICTURES_A_SECOND))
    video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
    if container.video == "mpeg2video":
        video.codec_context.framerate = Fraction(25)
        video.codec_context.time_base = Fraction(1, 25)
    return video


def _pictures(video: VideoStream) -> "list[Packet[Stream]]":
    packets = []
    count = round((SOUND_S + LATE_S) * PICTURES_A_SECOND)
    for number in range(count):
        picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        picture = picture.reformat(format="yuv420p")
        picture.time_base = Fraction(1, PICTURES_A_SECOND)
        picture.pts = number
        packets += video.encode(picture)
    return [*packets, *video.encode(None)]


def _packets(stream: AudioStream, sound: Samples) -> "list[Packet[Stream]]":
    codec = stream.codec_context
    layout = "stereo" if len(sound) == 2 else "mono"
    resampler = av.AudioResampler(
        codec.format, layout, codec.sample_rate, codec.frame_size or 1024
    )
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), "fltp", layout)
    frame.sample_rate = codec.sample_rate
    frame.pts, frame.time_base = 0, Fraction(1, codec.sample_rate)
    pieces = [piece for part in (frame, None) for piece in resampler.resample(part)]
    return [packet for piece in (*pieces, None) for packet in stream.encode(piece)]


def _is_sound(packet: "Packet[Stream]") -> bool:
    return bool(packet.stream.type == "audio")


def _time_s(packet: "Packet[Stream]") -> float:
    return float((packet.pts or 0) * (packet.time_base or 0))


def heard_tones_s(blocks: Iterator[Samples], rate: int) -> tuple[float, ...]:
    """Return when tones begin in samples at this rate, in seconds."""
    sound = np.concatenate([*blocks, np.zeros(1, np.float32)])
    step = rate // 100
    level = np.abs(sound[: len(sound) // step * step]).reshape(-1, step).max(axis=1)
    loud = np.flatnonzero(level > 0.1)
    starts = loud[np.diff(loud, prepend=-100) > 20]
    return tuple(float(start) / 100 for start in starts)
