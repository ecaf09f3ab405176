"""One decoder process, as the gateway uses it."""

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

from audio.media.decoders.protocol import BLOCK_BYTES, MESSAGE_BYTES, Answer, Job, Request

# A decoder that sends nothing for this long is given up.
SILENT_S = 60.0
# How long a decoder may take to notice that the rest of its samples is not wanted.
DROPPED_S = 1.0
# After this many recordings a new process takes over, because the libraries may leak memory.
MAX_RECORDINGS = 200
PIPE_BYTES = 1024 * 1024
_FOLDER = str(Path(__file__).resolve().parents[3])

Blocks = Generator[bytes, None, None]


class Refused(Exception):
    """A recording that cannot be decoded, is too long, or has an unusable sample rate (Hz)."""

    def __init__(self, *, is_too_long: bool = False, sample_rate: int | None = None) -> None:
        super().__init__("too long" if is_too_long else "undecodable")
        self.is_too_long, self.sample_rate = is_too_long, sample_rate


class Died(Exception):
    """The decoder ended without an answer, but not because of the recording."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one recording: length (s), address space (bytes), processor time (s)."""

    longest_s: float
    memory_bytes: int
    cpu_s: int


class Decoder:
    """A process that decodes one recording at a time."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        lifeline, self._lifeline = os.pipe()
        try:
            self._process = _start(theirs, lifeline)
        except OSError:
            os.close(self._lifeline)
            self._control.close()
            raise
        finally:
            theirs.close()
            os.close(lifeline)
        self._recordings, self._is_busy, self._is_spent = 0, False, False

    @property
    def pid(self) -> int:
        return self._process.pid

    def look_at(self, job: Job, recording: IO[bytes], limits: Limits) -> Answer:
        """Return the length of a recording in seconds, None where it is not known, and its sound.

        Raises
        ------
        Refused, Died
        """
        with closing(self._request(job, recording, limits)) as no_samples:
            next(no_samples, None)
        return self._answer()

    def samples(self, recording: IO[bytes], limits: Limits) -> Blocks:
        """Yield the samples of a recording as they arrive: whole float32 numbers in each block.

        Raises
        ------
        Refused, Died
        """
        with closing(self._request("samples", recording, limits)) as blocks:
            yield from blocks
        self._answer()

    def is_fit(self) -> bool:
        """Whether the decoder can take another recording."""
        if self._is_busy:
            with suppress(Refused, Died):
                self._answer(DROPPED_S)
        alive = self._process.poll() is None
        return alive and not self._is_spent and self._recordings < MAX_RECORDINGS

    def end(self) -> None:
        """End the process, even if it is busy."""
        self._process.kill()
        self._process.wait()
        self._control.close()
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1

    def _request(self, job: Job, recording: IO[bytes], limits: Limits) -> Blocks:
        request = Request(
            job=job,
            longest_s=limits.longest_s,
            memory_bytes=limits.memory_bytes,
            cpu_s=limits.cpu_s,
        )
        read, write = os.pipe()
        with os.fdopen(read, "rb", 0) as pipe:
            with os.fdopen(write, "wb", 0):
                # An account that has many pipes gets small ones.
                with suppress(OSError):
                    fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
                self._send(json.dumps(request).encode(), [recording.fileno(), write])
            yield from self._blocks(pipe)

    def _send(self, request: bytes, files: list[int]) -> None:
        self._recordings, self._is_busy = self._recordings + 1, True
        try:
            socket.send_fds(self._control, [request], files)
        except OSError as error:
            self._is_spent = True
            raise Died from error

    def _blocks(self, pipe: IO[bytes]) -> Blocks:
        received = b""
        while block := self._next(pipe):
            received += block
            whole = len(received) - len(received) % 4
            yield received[:whole]
            received = received[whole:]

    def _next(self, pipe: IO[bytes]) -> bytes:
        if self._is_readable(pipe.fileno(), SILENT_S):
            return pipe.read(BLOCK_BYTES)
        self._is_busy, self._is_spent = False, True
        raise Refused

    def _answer(self, wait_s: float = SILENT_S) -> Answer:
        """Return the answer to the request; a decoder without one is given up."""
        self._is_busy, self._is_spent = False, True
        message = b""
        if self._is_readable(self._control.fileno(), wait_s):
            with suppress(OSError):
                message = self._control.recv(MESSAGE_BYTES)
        if not message:
            raise self._failure()
        answer: Answer = json.loads(message)
        # A decoder that ran out of memory is in an unknown state.
        self._is_spent = answer["outcome"] == "too_much_memory"
        if answer["outcome"] != "done":
            is_too_long = answer["outcome"] == "too_long"
            raise Refused(is_too_long=is_too_long, sample_rate=answer["sample_rate"])
        return answer

    def _failure(self) -> Exception:
        """Return why there is no answer: the recording broke the decoder, or a signal ended it."""
        try:
            status = self._process.wait(DROPPED_S)
        except subprocess.TimeoutExpired:
            # The process hangs.
            return Refused()
        return Died() if status in (-signal.SIGKILL, -signal.SIGTERM) else Refused()

    def _is_readable(self, file: int, wait_s: float) -> bool:
        poll = select.poll()
        poll.register(file, select.POLLIN)
        return bool(poll.poll(wait_s * 1000))


def _start(control: socket.socket, lifeline: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 — our own program
        [sys.executable, "-m", "audio.media.decoders.program", str(lifeline)],
        # The decoder gets no settings: keys and passwords are among them.
        env={"PYTHONPATH": os.pathsep.join([_FOLDER, *sys.path]), "OPENBLAS_NUM_THREADS": "1"},
        cwd="/",
        stdin=control.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(lifeline,),
        # Ctrl-C is for the gateway, which ends its decoders.
        start_new_session=True,
    )
