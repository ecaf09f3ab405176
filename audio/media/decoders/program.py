"""The program of a decoder process, in which a hostile recording can break nothing else.

It reads requests from a socket, one recording at a time: the job and its limits as JSON, and the
open files of the recording and of the pipe for its samples. It knows neither paths nor settings,
and imports neither Django nor the rest of the gateway.

The kernel enforces the limits, and ends this program with the gateway: a decoder that loops reads
no requests.
"""

import fcntl
import json
import os
import resource
import select
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain, groupby
from typing import IO

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from av.error import FFmpegError, InvalidDataError

from audio.media.decoders.protocol import (
    BLOCK_BYTES,
    MESSAGE_BYTES,
    SAMPLE_RATE,
    SAMPLE_RATES,
    Answer,
    Request,
)

# Playlists and similar formats are missing: they would have the decoder open files and addresses
# that the author of the recording chose.
FORMATS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dts,eac3,flac,flv,matroska,webm,mov,mp4,m4a,"
    "3gp,3g2,mj2,mp2,mp3,mpeg,mpegts,ogg,opus,tta,voc,w64,wav,wv"
)


class _Undecodable(Exception):
    """The recording holds no audio that can be decoded."""


class _OddSampleRate(Exception):
    """The recording has a sample rate outside SAMPLE_RATES; the argument is that rate (Hz)."""

    def __init__(self, rate: int) -> None:
        super().__init__(rate)
        self.rate = rate


class _TooLong(Exception):
    """The recording is longer than the request allows."""


def main(lifeline: int) -> None:
    """Answer requests from standard input, a socket, until it is closed."""
    _end_with(lifeline)
    # The thread that started this process may be bound to one processor; the gateway is not.
    with suppress(OSError):
        os.sched_setaffinity(0, os.sched_getaffinity(os.getppid()))
    for limit, value in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(limit, (value, value))
    with socket.socket(fileno=0) as control:
        while answer := _next_answer(control):
            control.send(json.dumps(answer).encode())


def _end_with(lifeline: int) -> None:
    """Have the kernel end this process when the other end of the pipe closes."""
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    poll = select.poll()
    poll.register(lifeline, select.POLLIN)
    if poll.poll(0):
        sys.exit("the gateway has ended")


def _next_answer(control: socket.socket) -> Answer | None:
    """Answer the next request; return None when the socket is closed."""
    message, files, _flags, _sender = socket.recv_fds(control, MESSAGE_BYTES, 2)
    if not message:
        return None
    request: Request = json.loads(message)
    _limit(request)
    with os.fdopen(files[0], "rb") as recording, os.fdopen(files[1], "wb", 0) as samples:
        return _answer(request, recording, samples)


def _limit(request: Request) -> None:
    """Set the limits for one recording; processor time that was used before does not count."""
    unlimited = resource.RLIM_INFINITY
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + request["cpu_s"]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, unlimited))
    resource.setrlimit(resource.RLIMIT_AS, (request["memory_bytes"], unlimited))


def _answer(request: Request, recording: IO[bytes], samples: IO[bytes]) -> Answer:
    seconds: float | None = None
    try:
        with _opened(recording) as container:
            match request["job"]:
                case "declared":
                    seconds = _declared_s(container)
                case "length":
                    seconds = _length_s(container, request["longest_s"])
                case _:
                    _send(container, samples, request["longest_s"])
    except _Undecodable:
        return _refusal("undecodable")
    except _OddSampleRate as error:
        return _refusal("sample_rate", error.rate)
    except _TooLong:
        return _refusal("too_long")
    except MemoryError:
        return _refusal("too_much_memory")
    except BrokenPipeError:
        pass  # The gateway does not want the rest.
    return {"outcome": "done", "seconds": seconds, "sample_rate": None}


def _refusal(outcome: str, sample_rate: int | None = None) -> Answer:
    return {"outcome": outcome, "seconds": None, "sample_rate": sample_rate}


def _declared_s(container: InputContainer) -> float | None:
    return None if container.duration is None else container.duration / av.time_base


def _length_s(container: InputContainer, longest_s: float) -> float | None:
    """Return the declared length, or that of all packets if it is greater."""
    declared, stream = _declared_s(container), container.streams.audio[0]
    if (declared or 0.0) > longest_s:
        raise _TooLong
    if declared is not None and stream.codec_context.name.startswith("pcm_"):
        return declared  # Computed from the number of bytes.
    ticks, max_ticks = 0, longest_s / (stream.time_base or 1)
    with suppress(InvalidDataError, EOFError, ValueError):
        for packet in container.demux(stream):
            ticks += max(0, packet.duration or 0)
            if ticks > max_ticks:
                raise _TooLong
    packets_s = float(ticks * (stream.time_base or 0))
    return max(declared or 0.0, packets_s) or None


def _send(container: InputContainer, samples: IO[bytes], longest_s: float) -> None:
    left, pending = longest_s * SAMPLE_RATE, bytearray()
    for block in _resampled(_frames(container)):
        left -= block.samples
        if left < 0:
            raise _TooLong
        # FFmpeg's own mix to mono is louder than the average, and clips.
        pending += block.to_ndarray().mean(axis=0).tobytes()
        if len(pending) >= BLOCK_BYTES:
            _write(samples, pending)
            pending.clear()
    _write(samples, pending)


def _write(pipe: IO[bytes], content: bytearray) -> None:
    with memoryview(content) as left:
        written = 0
        while written < len(left):
            written += pipe.write(left[written:])


def _frames(container: InputContainer) -> Iterator[AudioFrame]:
    """Yield the frames that can be decoded; skip damaged packets, end where the file does."""
    try:
        for packet in container.demux(audio=0):
            with suppress(InvalidDataError):
                for frame in packet.decode():
                    assert isinstance(frame, AudioFrame)  # noqa: S101 — the stream is audio
                    frame.pts = None
                    yield frame
    except MemoryError:
        raise
    except (FFmpegError, ValueError):
        return


def _resampled(frames: Iterator[AudioFrame]) -> Iterator[AudioFrame]:
    """Yield 16 kHz frames of float channels; joined recordings may change shape midway."""
    for (*_shape, rate), alike in groupby(frames, key=_shape_of):
        _check_rate(rate)
        resampler = AudioResampler(format="fltp", rate=SAMPLE_RATE)
        for frame in chain(alike, [None]):
            yield from resampler.resample(frame)


def _shape_of(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


@contextmanager
def _opened(recording: IO[bytes]) -> Iterator[InputContainer]:
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "none"}
    try:
        container = av.open(recording, "r", options=options, metadata_errors="ignore")
    except MemoryError:
        raise
    except (FFmpegError, ValueError) as error:
        raise _Undecodable from error
    with container:
        if not container.streams.audio:
            raise _Undecodable
        for stream in container.streams.audio:
            _check_rate(stream.codec_context.sample_rate)
        yield container


def _check_rate(rate: int) -> None:
    """Refuse a rate outside SAMPLE_RATES; it is 0 where only decoding can find it."""
    if rate and rate not in SAMPLE_RATES:
        raise _OddSampleRate(rate)


if __name__ == "__main__":
    main(int(sys.argv[1]))
