"""The program that finds the echo of a two-track recording, and cancels it.

It gets open files and limits, and knows neither paths nor settings. It imports neither Django nor
the rest of the gateway. The kernel enforces the limits, and ends it with the gateway.
"""

import json
import os
import resource
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from audio.media.echo.protocol import EchoAnswer, EchoRequest, RawTrack
from audio.media.lifelines import end_with
from audio.merge.tracks.echo_cancellation import cancel_echo
from audio.merge.tracks.echo_path import EchoPath
from audio.merge.tracks.echo_search import find_echo_path
from audio.merge.tracks.loudness import Track
from audio.merge.tracks.residual_gate import EchoMeter

SAMPLE_RATE = 16_000
# At most 4 s of each track are read at a time.
BLOCK_SAMPLES = 65_536
_FULL_SCALE = 32_768


def main() -> None:
    """Do what the first argument asks for, and print the answer as JSON."""
    request: EchoRequest = json.loads(sys.argv[1])
    end_with(request["lifeline"])
    # The thread that started this process may be bound to one processor; the gateway is not.
    with suppress(OSError):
        os.sched_setaffinity(0, os.sched_getaffinity(os.getppid()))
    for limit, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, request["cpu_s"]),
        (resource.RLIMIT_AS, request["memory_bytes"]),
    ):
        resource.setrlimit(limit, (value, value))
    print(json.dumps(answer(request)))


def answer(request: EchoRequest) -> EchoAnswer:
    """Find the path; where there is one, write the cancelled track and its levels."""
    mic, system = _track(request["mic"]), _track(request["system"])
    path = find_echo_path(mic, system)
    if path is None:
        return {"path": None}
    if not path.is_mirrored:
        with (
            os.fdopen(request["cancelled"], "wb") as cancelled,
            os.fdopen(request["levels"], "wb") as levels,
        ):
            cancelled.write(_wav_header(request["mic"]["samples"]))
            meter = EchoMeter()
            for block in _cancelled(mic, system, path, meter):
                cancelled.write(block)
            measured = meter.levels()
            levels.write(measured.residual.tobytes() + measured.echo.tobytes())
    return {"path": asdict(path)}


def _cancelled(mic: Track, system: Track, path: EchoPath, meter: EchoMeter) -> Iterator[bytes]:
    for block in cancel_echo(mic, system, path):
        meter.add(block)
        clipped = np.clip(block.residual * _FULL_SCALE, -_FULL_SCALE, _FULL_SCALE - 1)
        yield np.rint(clipped).astype("<i2").tobytes()


def _track(raw: RawTrack) -> Track:
    return Track(SAMPLE_RATE, lambda: _blocks(raw))


def _blocks(raw: RawTrack) -> Iterator[NDArray[np.float32]]:
    at, end = raw["offset"], raw["offset"] + 2 * raw["samples"]
    while at < end and (block := os.pread(raw["file"], min(2 * BLOCK_SAMPLES, end - at), at)):
        at += len(block)
        samples = np.frombuffer(block, "<i2", len(block) // 2)
        yield np.multiply(samples, np.float32(1 / _FULL_SCALE), dtype=np.float32)


def _wav_header(samples: int) -> bytes:
    size = min(2 * samples, 0xFFFFFFFF - 36)
    form = struct.pack("<IHHIIHH", 16, 1, 1, SAMPLE_RATE, 2 * SAMPLE_RATE, 2, 16)
    head = b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt "
    return head + form + b"data" + struct.pack("<I", size)


if __name__ == "__main__":
    main()
