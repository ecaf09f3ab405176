"""A minimal engine in its own process, so that the figures are the gateway's.

    python -m benchmarks.gateway.engine FD

It drops what it is sent, and answers immediately with words and turns for as long as the
WAV in the request is. Speech begins with the time at which it was sent, by the clock that all
processes of a machine share. Plain sockets: a web framework would be slower than what is measured.
"""

import json
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from benchmarks.gateway.wire import Buffered

SECONDS_OF_THE_REST = 16.0
WORD_S, TURN_S = 0.4, 4.0
SPEAKERS, DIMENSION = 4, 192
# Offsets in a WAV header: the size of the rest, and bytes per second.
HEADER = struct.Struct("<4xI20xI")
# A text with this word is streamed in real time; other texts are sent immediately.
SLOWLY = b"slowly"
PIECES, PIECE_S = 20, 0.1
PIECE = bytes(4_800)
BACKLOG = 512
STAMP = struct.Struct("<q")


@contextmanager
def running_engine() -> Iterator[int]:
    """Serve such an engine and yield its port."""
    with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as listener:
        port, fd = listener.getsockname()[1], listener.fileno()
        command = [sys.executable, "-m", "benchmarks.gateway.engine", str(fd)]
        process = subprocess.Popen(command, pass_fds=(fd,))  # noqa: S603 — our own engine
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


def main() -> int:
    """Serve on the parent's listening socket until the parent ends."""
    with socket.socket(fileno=int(sys.argv[1])) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection,), daemon=True).start()


def _serve(connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    incoming = Buffered(connection)
    with connection:
        while head := incoming.head():
            start = incoming.body_start(head)
            _answer(connection, head.line.split()[1], start)


def _answer(connection: socket.socket, path: bytes, body: bytes) -> None:
    match path:
        case b"/v1/audio/speech":
            _speak(connection, slowly=SLOWLY in body)
        case b"/v1/audio/transcriptions":
            connection.sendall(_transcription(_seconds(body)))
        case b"/v1/audio/diarize" | b"/v1/audio/diarize-chunk":
            connection.sendall(_diarization(_seconds(body)))
        case b"/v1/audio/voices":
            connection.sendall(_json({"voices": ["bm_george", "af_heart"]}))
        case _:
            connection.sendall(_json({"status": "healthy"}))


def _speak(connection: socket.socket, *, slowly: bool) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: audio/wav\r\ntransfer-encoding: chunked\r\n\r\n"
    first = STAMP.pack(time.monotonic_ns()) + PIECE
    connection.sendall(head + _chunk(first))
    for _ in range(PIECES if slowly else 1):
        if slowly:
            time.sleep(PIECE_S)
        connection.sendall(_chunk(PIECE))
    connection.sendall(b"0\r\n\r\n")


def _chunk(piece: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece)


def _seconds(body: bytes) -> float:
    at = body.find(b"RIFF")
    if at < 0 or len(body) < at + HEADER.size:
        return SECONDS_OF_THE_REST
    size, per_second = HEADER.unpack_from(body, at)
    return float(size / per_second)


@lru_cache(maxsize=256)
def _transcription(seconds: float) -> bytes:
    starts = [at * WORD_S for at in range(int(seconds / WORD_S))]
    words = [{"start": start, "end": start + 0.75 * WORD_S, "text": "word."} for start in starts]
    text = " ".join("word." for _ in words)
    return _json({"text": text, "duration": seconds, "language": "en", "words": words})


@lru_cache(maxsize=256)
def _diarization(seconds: float) -> bytes:
    turns = [
        {"start_s": at * TURN_S, "end_s": (at + 0.9) * TURN_S, "speaker": f"S{at % SPEAKERS}"}
        for at in range(int(seconds / TURN_S))
    ]
    labels = [f"S{speaker}" for speaker in range(SPEAKERS)]
    prints = {
        label: [float(place == at) for place in range(DIMENSION)]
        for at, label in enumerate(labels)
    }
    body = {"duration": seconds, "segments": turns, "speakers_detected": labels}
    return _json(body | {"fingerprints": prints, "models": {"diarization": "d", "embedding": "e"}})


def _json(body: object) -> bytes:
    said = json.dumps(body).encode()
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    return head % len(said) + said


if __name__ == "__main__":
    sys.exit(main())
