"""Memory and speed of large and of many uploads."""

import shutil
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.random import default_rng

from benchmarks.gateway.calls import MEBIBYTE, Work
from benchmarks.gateway.wire import BLOCK, Message, calling, message
from benchmarks.measures.memory import peak_mib, process_tree, reset_peaks, resident_mib

# Eight channels of floats at 96 kHz: five minutes are a gigabyte, so that the length of speech has
# no influence on the figures.
CHANNELS, RATE, BYTES = 8, 96_000, 4
SELF_VAD = '[{"start": 0.0, "end": 60.0}]'


@dataclass(frozen=True, slots=True)
class Target:
    """A gateway: its port, its main process, and a folder for uploads."""

    port: int
    pid: int
    room: Path


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The cost of uploads: MiB over the idle gateway, at the peak and afterwards; seconds."""

    peak_mib: float
    kept_mib: float
    seconds: float


def transcription(path: Path) -> Work:
    """Return a request whose file is streamed from disk."""
    form = {"files": {"file": path}, "data": {"model": "whisper-1"}}
    asked = message("POST", "/v1/audio/transcriptions", **form)
    return Work("transcription", asked, [asked])


def one_file(size: int, target: Target) -> Uploaded:
    """Measure a transcription of a file of this size."""
    with recording(size, target.room) as path:
        asked = transcription(path).gateway
        return watched(target.pid, lambda: _send(asked, target.port))


def seconds_of(size: int, port: int, room: Path) -> float:
    """Time a transcription of a file of this size."""
    with recording(size, room) as path:
        asked = transcription(path).gateway
        started = time.perf_counter()
        _send(asked, port)
        return time.perf_counter() - started


def two_tracks(size: int, target: Target) -> Uploaded:
    """Measure a two-track label-merge of files of this size with `mic_vad` given."""
    with recording(size, target.room) as path:
        asked = _two_tracks(path)
        return watched(target.pid, lambda: _send(asked, target.port))


def many_files(size: int, target: Target, *, concurrently: int, turns: int) -> Uploaded:
    """Measure concurrent transcriptions of a file of this size, twice."""
    with recording(size, target.room) as path, ThreadPoolExecutor(concurrently) as pool:
        asked = transcription(path).gateway

        def send_all() -> None:
            for _ in range(turns):
                list(pool.map(lambda _: _send(asked, target.port), range(concurrently)))

        return watched(target.pid, send_all)


def watched(pid: int, work: Callable[[], None]) -> Uploaded:
    """Measure the cost of work at a gateway."""
    family = process_tree(pid)
    idle = resident_mib(family)
    reset_peaks(family)
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    family = process_tree(pid)
    return Uploaded(peak_mib(family) - idle, resident_mib(family) - idle, seconds)


def through_loopback(size: int, room: Path) -> float:
    """Return the seconds to copy a file of this size through loopback once."""
    with recording(size, room) as path, socket.create_server(("127.0.0.1", 0)) as listener:
        reader = threading.Thread(target=_forget, args=(listener,))
        reader.start()
        started = time.perf_counter()
        with socket.create_connection(listener.getsockname()) as sending, path.open("rb") as file:
            sending.sendfile(file)
        reader.join()
        return time.perf_counter() - started


def through_disk(size: int, room: Path, *, times: int = 1) -> float:
    """Return the seconds to store a file of this size and forward it in parallel copies."""
    with (
        recording(size, room) as path,
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_server(("127.0.0.1", 0)) as behind,
        ThreadPoolExecutor(2 * times) as pool,
    ):
        kept = path.with_name("kept.wav")
        readers = [pool.submit(_forget, behind) for _ in range(times)]
        keeping = pool.submit(_keep, listener, kept)
        started = time.perf_counter()
        with socket.create_connection(listener.getsockname()) as sending, path.open("rb") as file:
            sending.sendfile(file)
        keeping.result()
        passing = [pool.submit(_pass_on, kept, behind) for _ in range(times)]
        for step in (*readers, *passing):
            step.result()
        return time.perf_counter() - started


def _keep(listener: socket.socket, path: Path) -> None:
    scratch = memoryview(bytearray(BLOCK))
    incoming, _ = listener.accept()
    with incoming, path.open("wb", buffering=0) as file:
        while got := incoming.recv_into(scratch):
            file.write(scratch[:got])


def _pass_on(path: Path, behind: socket.socket) -> None:
    scratch = memoryview(bytearray(BLOCK))
    with (
        path.open("rb", buffering=0) as file,
        socket.create_connection(behind.getsockname()) as outgoing,
    ):
        while got := file.readinto(scratch):
            outgoing.sendall(scratch[:got])


@contextmanager
def recording(size: int, room: Path) -> Iterator[Path]:
    """Write a WAV of this size and yield its path."""
    with TemporaryDirectory(dir=room) as folder:
        path = Path(folder) / "recording.wav"
        block = default_rng(0).normal(0.0, 0.05, MEBIBYTE // BYTES).astype(np.float32).tobytes()
        with path.open("wb") as file:
            file.write(_header(size))
            for _ in range(size // MEBIBYTE):
                file.write(block)
            file.truncate(size)
        yield path


def _header(size: int) -> bytes:
    frame = CHANNELS * BYTES
    form = struct.pack("<HHIIHH", 3, CHANNELS, RATE, RATE * frame, frame, BYTES * 8)
    return (
        struct.pack("<4sI4s4sI", b"RIFF", size - 8, b"WAVE", b"fmt ", len(form))
        + form
        + struct.pack("<4sI", b"data", size - 44)
    )


def _two_tracks(path: Path) -> Message:
    """Return a request with one file as both tracks."""
    twin = path.with_name("twin.wav")
    shutil.copyfile(path, twin)
    fields = {"timeline": "[]", "self_vad": SELF_VAD}
    files = {"mic_file": path, "system_file": twin}
    return message("POST", "/api/audio/label-merge", files=files, data=fields)


def _send(asked: Message, port: int) -> None:
    with calling(port) as caller:
        told = caller.ask(asked)
    if told.status != 200:
        raise ValueError(f"{told.status}: {told.start[:500].decode(errors='replace')}")


def _forget(listener: socket.socket) -> None:
    scratch = bytearray(BLOCK)
    connection, _ = listener.accept()
    with connection:
        while connection.recv_into(scratch):
            pass
