"""One process that cancels the echo of one recording, as the gateway uses it."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import numpy as np

from audio.media.echo.protocol import EchoAnswer, EchoRequest, RawTrack
from audio.media.echo.raw_tracks import RawFile
from audio.merge.tracks.echo_path import EchoPath, PathPiece
from audio.merge.tracks.residual_gate import EchoLevels

# A process that is slower than this share of real time would delay the answer more than it helps.
START_S, SHARE = 30.0, 0.2
CHECK_S = 0.5
_FOLDER = str(Path(__file__).resolve().parents[3])


class EchoNotCancelled(Exception):
    """The process broke, was too slow, or all were busy for too long."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The path, the WAV without the echo, and its levels; None where nothing was cancelled."""

    path: EchoPath | None
    wav: Path
    levels: EchoLevels | None


@dataclass(frozen=True, slots=True)
class EchoLimits:
    """How many processes run at a time, and the limits of each: address space, processor time."""

    processes: int
    memory_bytes: int
    cpu_s: int


def cancel(
    mic: RawFile,
    system: RawFile,
    folder: Path,
    limits: EchoLimits,
    *,
    while_waiting: Callable[[], None] = lambda: None,
) -> Cancelled:
    """Find the echo of the system track in the mic track, and cancel it.

    `while_waiting` is called twice a second, and raises where the result is not wanted any more.

    Raises
    ------
    EchoNotCancelled
    """
    wav, powers = folder / "cancelled.wav", folder / "levels"
    until = time.monotonic() + START_S + SHARE * mic.seconds
    with ExitStack() as files:
        inputs = [files.enter_context(raw.path.open("rb")) for raw in (mic, system)]
        outputs = [files.enter_context(path.open("wb")) for path in (wav, powers)]
        files.enter_context(_turn(limits.processes, until, while_waiting))
        read, lifeline = os.pipe()
        files.callback(os.close, lifeline)
        files.callback(os.close, read)
        request = EchoRequest(
            lifeline=read,
            mic=_raw_track(mic, inputs[0].fileno()),
            system=_raw_track(system, inputs[1].fileno()),
            cancelled=outputs[0].fileno(),
            levels=outputs[1].fileno(),
            memory_bytes=limits.memory_bytes,
            cpu_s=limits.cpu_s,
        )
        path = _path((_run(request, until, while_waiting))["path"])
    return Cancelled(path, wav, _read_levels(powers))


@contextmanager
def _turn(count: int, until: float, while_waiting: Callable[[], None]) -> Iterator[None]:
    """Wait until one of `count` processes may start."""
    turns = _turns(count)
    while not turns.acquire(timeout=CHECK_S):
        while_waiting()
        if time.monotonic() > until:
            raise EchoNotCancelled("too many recordings at the same time")
    try:
        yield
    finally:
        turns.release()


@lru_cache(maxsize=4)
def _turns(count: int) -> BoundedSemaphore:
    return BoundedSemaphore(max(1, count))


def _run(request: EchoRequest, until: float, while_waiting: Callable[[], None]) -> EchoAnswer:
    try:
        process = _start(request)
    except OSError as error:
        raise EchoNotCancelled("the process did not start") from error
    with process:
        try:
            output = b"".join(_output(process, until, while_waiting))
        finally:
            # It has ended, or its result is not wanted.
            process.kill()
    if not output.endswith(b"\n"):
        raise EchoNotCancelled("the process ended without an answer")
    found: EchoAnswer = json.loads(output)
    return found


def _output(
    process: "subprocess.Popen[bytes]", until: float, while_waiting: Callable[[], None]
) -> Iterator[bytes]:
    output = process.stdout
    if output is None:
        return
    poll = select.poll()
    poll.register(output, select.POLLIN)
    while time.monotonic() < until:
        if not poll.poll(CHECK_S * 1000):
            while_waiting()
        elif part := os.read(output.fileno(), 65_536):
            yield part
        else:
            return
    raise EchoNotCancelled("the process was too slow")


def _start(request: EchoRequest) -> "subprocess.Popen[bytes]":
    files = (
        request["lifeline"],
        request["mic"]["file"],
        request["system"]["file"],
        request["cancelled"],
        request["levels"],
    )
    return subprocess.Popen(  # noqa: S603 — our own program
        [sys.executable, "-m", "audio.media.echo.program", json.dumps(request)],
        # It gets no settings: keys and passwords are among them.
        env={"PYTHONPATH": os.pathsep.join([_FOLDER, *sys.path]), "OPENBLAS_NUM_THREADS": "1"},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=files,
        # Ctrl-C is for the gateway, which ends its processes.
        start_new_session=True,
    )


def _raw_track(raw: RawFile, file: int) -> RawTrack:
    return RawTrack(file=file, offset=raw.offset, samples=raw.samples)


def _path(found: Mapping[str, Any] | None) -> EchoPath | None:
    if found is None:
        return None
    pieces = tuple(PathPiece(**piece) for piece in found["pieces"])
    return EchoPath(**{**found, "pieces": pieces})


def _read_levels(powers: Path) -> EchoLevels | None:
    both = np.fromfile(powers, np.float32)
    return EchoLevels(*both.reshape(2, -1)) if len(both) else None
