"""The program of a decoder process, in which a hostile recording can break nothing else.

It reads requests from a socket, one recording at a time: the job and its limits as JSON, and the
open files of the recording and of the pipe for its samples. It knows neither paths nor settings,
and imports neither Django nor the rest of the gateway.

The kernel enforces the limits, and ends this program with the gateway: a decoder that loops reads
no requests.
"""

import json
import os
import resource
import socket
import sys
from typing import IO

from audio.media.decoders.protocol import (
    BLOCK_BYTES,
    MESSAGE_BYTES,
    SAMPLE_RATE,
    Answer,
    Request,
    Sound,
)
from audio.media.decoders.sound_streams import (
    OddSampleRate,
    TooLong,
    Undecodable,
    declared_s,
    find_sound,
    look_at,
    opened,
    sound_blocks,
)
from audio.media.lifelines import end_with


def main(lifeline: int) -> None:
    """Answer requests from standard input, a socket, until it is closed."""
    end_with(lifeline)
    for limit, value in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(limit, (value, value))
    with socket.socket(fileno=0) as control:
        while answer := _next_answer(control):
            control.send(json.dumps(answer).encode())


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
    sound: Sound | None = None
    try:
        match request["job"]:
            case "declared":
                with opened(recording) as container:
                    seconds = declared_s(container)
            case "length":
                seconds, sound = look_at(recording, request["longest_s"])
            case _:
                _send(recording, samples, request["longest_s"])
    except Undecodable:
        return _refusal("undecodable")
    except OddSampleRate as error:
        return _refusal("sample_rate", error.rate)
    except TooLong:
        return _refusal("too_long")
    except MemoryError:
        return _refusal("too_much_memory")
    except BrokenPipeError:
        pass  # The gateway does not want the rest.
    return {"outcome": "done", "seconds": seconds, "sample_rate": None, "sound": sound}


def _refusal(outcome: str, sample_rate: int | None = None) -> Answer:
    return {"outcome": outcome, "seconds": None, "sample_rate": sample_rate, "sound": None}


def _send(recording: IO[bytes], samples: IO[bytes], longest_s: float) -> None:
    stream, _, channel = find_sound(recording)
    left, pending = longest_s * SAMPLE_RATE, bytearray()
    with opened(recording) as container:
        for block in sound_blocks(container, stream, channel, longest_s):
            left -= len(block)
            if left < 0:
                raise TooLong
            pending += block.tobytes()
            if len(pending) >= BLOCK_BYTES:
                _write(samples, pending)
                pending.clear()
    _write(samples, pending)


def _write(pipe: IO[bytes], content: bytearray) -> None:
    with memoryview(content) as left:
        written = 0
        while written < len(left):
            written += pipe.write(left[written:])


if __name__ == "__main__":
    main(int(sys.argv[1]))
