"""The part of HTTP/1.1 that the measurements need, on plain sockets."""

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import httpx

BLOCK = 1024 * 1024
# The part of a body that is parsed; the rest is only counted.
LOOKED_AT = 4096
_CONTENT = b"@content@"


@dataclass(frozen=True, slots=True)
class Head:
    """The first line and the headers, with lower-case names."""

    line: bytes
    headers: dict[bytes, bytes]

    @property
    def chunked(self) -> bool:
        return self.headers.get(b"transfer-encoding", b"").lower() == b"chunked"

    @property
    def length(self) -> int:
        return int(self.headers.get(b"content-length", b"0"))


class Buffered:
    """The incoming half of a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._pending = b""
        self._scratch = bytearray(BLOCK)

    def head(self) -> Head | None:
        """Return the next head; None if the peer has closed."""
        while (end := self._pending.find(b"\r\n\r\n")) < 0:
            if not self._receive():
                return None
        lines = self._pending[:end].split(b"\r\n")
        self._pending = self._pending[end + 4 :]
        fields = (line.partition(b":") for line in lines[1:])
        return Head(lines[0], {name.lower(): value.strip() for name, _, value in fields})

    def body_start(self, head: Head) -> bytes:
        """Read a whole body and return its beginning."""
        if head.chunked:
            return self._chunked()
        start, left = b"", head.length
        while left:
            if not self._pending:
                got = self._connection.recv_into(self._scratch, min(BLOCK, left))
                if not got:
                    raise ConnectionError("the body broke off")
                block = memoryview(self._scratch)[:got]
            else:
                block = memoryview(self._pending[:left])
                self._pending = self._pending[left:]
            if len(start) < LOOKED_AT:
                start += bytes(block[:LOOKED_AT])
            left -= len(block)
        return start

    def first_bytes(self) -> None:
        """Wait for the first byte of the body."""
        while self._pending.count(b"\r\n") < 2 and len(self._pending) < 16:
            if not self._receive():
                raise ConnectionError("the body broke off")

    def _chunked(self) -> bytes:
        start = b""
        while size := self._chunk_size():
            while len(self._pending) < size + 2:
                if not self._receive():
                    raise ConnectionError("a chunk broke off")
            if len(start) < LOOKED_AT:
                start += self._pending[:size]
            self._pending = self._pending[size + 2 :]
        while b"\r\n" not in self._pending:
            self._receive()
        self._pending = self._pending[2:]
        return start

    def _chunk_size(self) -> int:
        while (end := self._pending.find(b"\r\n")) < 0:
            if not self._receive():
                raise ConnectionError("a chunk broke off")
        size = int(self._pending[:end], 16)
        self._pending = self._pending[end + 2 :]
        return size

    def _receive(self) -> bool:
        block = self._connection.recv(BLOCK)
        self._pending += block
        return bool(block)


@dataclass(frozen=True, slots=True)
class Message:
    """A request: its bytes, and paths of files too large for memory."""

    parts: Sequence[bytes | Path]


@dataclass(frozen=True, slots=True)
class Timing:
    """The seconds to the first byte of an answer's body and to its end."""

    status: int
    first_s: float
    whole_s: float
    start: bytes


def message(method: str, path: str, **parts: Any) -> Message:
    """Build a request from httpx's `json`, `data`, `files`; a file may be a path."""
    files = parts.pop("files", {})
    large = [content for content in files.values() if isinstance(content, Path)]
    sent = {
        field: ("audio.wav", _CONTENT if content in large else content, "audio/wav")
        for field, content in files.items()
    }
    request = httpx.Request(method, f"http://127.0.0.1{path}", files=sent or None, **parts)
    pieces = request.read().split(_CONTENT)
    length = sum(map(len, pieces)) + sum(path.stat().st_size for path in large)
    pieces[0] = _head(request, length) + pieces[0]
    mixed = (part for pair in zip_longest(pieces, large) for part in pair if part is not None)
    return Message(list(mixed))


def _head(request: httpx.Request, length: int) -> bytes:
    lines = [f"{request.method} {request.url.raw_path.decode()} HTTP/1.1"]
    kept = {name: v for name, v in request.headers.items() if name != "content-length"}
    lines += [f"{name}: {value}" for name, value in kept.items()]
    lines += [f"content-length: {length}"] if length else []
    return "\r\n".join([*lines, "", ""]).encode()


class Caller:
    """One persistent connection."""

    def __init__(self, port: int) -> None:
        self._connection = socket.create_connection(("127.0.0.1", port))
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._incoming = Buffered(self._connection)

    def ask(self, what: Message) -> Timing:
        """Send a request and read the whole answer."""
        started = time.perf_counter()
        for part in what.parts:
            if isinstance(part, bytes):
                self._connection.sendall(part)
                continue
            with part.open("rb") as file:
                self._connection.sendfile(file)
        head = self._incoming.head()
        if head is None:
            raise ConnectionError("there was no answer")
        if head.chunked:
            self._incoming.first_bytes()
        first = time.perf_counter()
        start = self._incoming.body_start(head)
        ended = time.perf_counter()
        return Timing(int(head.line.split()[1]), first - started, ended - started, start)

    def close(self) -> None:
        self._connection.close()


@contextmanager
def calling(port: int) -> Iterator[Caller]:
    """Yield a caller on its own connection."""
    caller = Caller(port)
    try:
        yield caller
    finally:
        caller.close()
