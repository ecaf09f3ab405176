"""One process that decodes, as the gateway sees it."""

import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from audio.media.decoders.protocol import MESSAGE_BYTES, PIECE_BYTES, Answer, Job, Request

# Of a decoder from which nothing comes for so long nothing is expected any more.
SILENT_S = 60.0
# How long after the rest of its samples was declined it may still be busy with them.
DROPPED_S = 1.0
# After so many recordings a new process takes over, whatever the libraries have leaked.
MOST_RECORDINGS = 200
PIPE_BYTES = 1024 * 1024
_FOLDER = str(Path(__file__).resolve().parents[3])

Pieces = Generator[bytes, None, None]


class Refused(Exception):
    """A recording that a decoder cannot do; `too_long`, where that is why."""

    def __init__(self, *, too_long: bool = False) -> None:
        super().__init__("too long" if too_long else "undecodable")
        self.too_long = too_long


class Died(Exception):
    """The decoder ended without an answer, and not by what the recording did to it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one recording may take: seconds of sound, address space, seconds of the processor."""

    longest_s: float
    memory_bytes: int
    cpu_s: int


class Decoder:
    """A process that does one recording at a time."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        lifeline, self._lifeline = os.pipe()
        try:
            self._process = _started(theirs, lifeline)
        except OSError:
            os.close(self._lifeline)
            self._control.close()
            raise
        finally:
            theirs.close()
            os.close(lifeline)
        self._done, self._is_asked, self._is_spent = 0, False, False

    @property
    def pid(self) -> int:
        return self._process.pid

    def seconds(self, job: Job, recording: IO[bytes], limits: Limits) -> float | None:
        """How long a recording is.

        Raises
        ------
        Refused, Died
        """
        with closing(self._asked(job, recording, limits)) as nothing:
            next(nothing, None)
        return self._told()["seconds"]

    def samples(self, recording: IO[bytes], limits: Limits) -> Pieces:
        """The samples of a recording, as they come; whole float32 numbers in each piece.

        Raises
        ------
        Refused, Died
        """
        with closing(self._asked("samples", recording, limits)) as pieces:
            yield from pieces
        self._told()

    def is_fit(self) -> bool:
        """Whether it takes another recording."""
        if self._is_asked:
            with suppress(Refused, Died):
                self._told(DROPPED_S)
        alive = self._process.poll() is None
        return alive and not self._is_spent and self._done < MOST_RECORDINGS

    def end(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        self._control.close()
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1

    def _asked(self, job: Job, recording: IO[bytes], limits: Limits) -> Pieces:
        request = Request(
            job=job,
            longest_s=limits.longest_s,
            memory_bytes=limits.memory_bytes,
            cpu_s=limits.cpu_s,
        )
        read, write = os.pipe()
        with os.fdopen(read, "rb", 0) as pipe:
            with os.fdopen(write, "wb", 0):
                # Where the user has many pipes, they stay small.
                with suppress(OSError):
                    fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
                self._send(json.dumps(request).encode(), [recording.fileno(), write])
            yield from self._pieces(pipe)

    def _send(self, request: bytes, files: list[int]) -> None:
        self._done, self._is_asked = self._done + 1, True
        try:
            socket.send_fds(self._control, [request], files)
        except OSError as error:
            self._is_spent = True
            raise Died from error

    def _pieces(self, pipe: IO[bytes]) -> Pieces:
        held = b""
        while block := self._next(pipe):
            held += block
            whole = len(held) - len(held) % 4
            yield held[:whole]
            held = held[whole:]

    def _next(self, pipe: IO[bytes]) -> bytes:
        if self._comes(pipe.fileno(), SILENT_S):
            return pipe.read(PIECE_BYTES)
        self._is_asked, self._is_spent = False, True
        raise Refused

    def _told(self, patience_s: float = SILENT_S) -> Answer:
        """The answer to what was asked; without one, the process is not worth waiting for."""
        self._is_asked, self._is_spent = False, True
        message = b""
        if self._comes(self._control.fileno(), patience_s):
            with suppress(OSError):
                message = self._control.recv(MESSAGE_BYTES)
        if not message:
            raise self._ended()
        answer: Answer = json.loads(message)
        # One that had too little memory is in no state to go on with.
        self._is_spent = answer["outcome"] not in ("done", "undecodable", "too_long")
        if answer["outcome"] != "done":
            raise Refused(too_long=answer["outcome"] == "too_long")
        return answer

    def _ended(self) -> Exception:
        """Why there is no answer: by its own doing, that is by what it read, or by another's."""
        try:
            status = self._process.wait(DROPPED_S)
        except subprocess.TimeoutExpired:
            # It hangs.
            return Refused()
        return Died() if status in (-signal.SIGKILL, -signal.SIGTERM) else Refused()

    def _comes(self, file: int, patience_s: float) -> bool:
        waiting = select.poll()
        waiting.register(file, select.POLLIN)
        return bool(waiting.poll(patience_s * 1000))


def _started(control: socket.socket, lifeline: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 — our own program
        [sys.executable, "-m", "audio.media.decoders.program", str(lifeline)],
        # Of the settings it is told nothing: keys and passwords are among them.
        env={"PYTHONPATH": os.pathsep.join([_FOLDER, *sys.path]), "OPENBLAS_NUM_THREADS": "1"},
        cwd="/",
        stdin=control.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(lifeline,),
        # Ctrl-C is for the gateway, which ends its decoders.
        start_new_session=True,
    )
