"""One HTTP/1.1 connection to an engine: requests and answers, within the deadline of the call."""

import select
import socket
import ssl
import struct
import time
from collections.abc import Iterable, Iterator

import httptools
import httpx

from audio.engines.http.deadlines import left_s, next_check_s

READ_BYTES = 64 * 1024
# Small blocks of a request are joined: each would be a system call of its own.
SMALL_BYTES = 16 * 1024
# The limit of a head, and of all else that an engine may send between two blocks of a body.
MAX_HEAD_BYTES = 100 * 1024
_TIMEVAL = struct.Struct("ll")
# The time-outs of the system and of Python.
_TIMEOUTS = BlockingIOError, TimeoutError


class Connection:
    """A connection that carries one call after another."""

    def __init__(self, opened: socket.socket) -> None:
        opened.setblocking(True)
        self._socket = opened
        self._answer = _Answer()
        self._is_spoiled = False
        self.idle_since = time.monotonic()

    def send(self, head: bytes, body: Iterable[bytes]) -> "_Answer":
        """Send a request, and return when the head of its answer has arrived.

        Raises
        ------
        httpx.TransportError
        """
        self._answer = _Answer()
        try:
            self._send_all(head, body)
        except httpx.WriteError:
            # An engine may refuse a request and hang up before it has read it: its answer counts.
            self.spoil()
        while not self._answer.has_head:
            self._receive()
        return self._answer

    def blocks(self) -> Iterator[bytes]:
        """Yield the body of the answer as it comes.

        Raises
        ------
        httpx.TransportError
        """
        while True:
            yield from self._answer.take_blocks()
            if self._answer.is_complete:
                return
            self._receive()

    def spoil(self) -> None:
        """Close the connection after this call: what follows on it is not an answer."""
        self._is_spoiled = True

    def is_reusable(self) -> bool:
        """Whether the answer is complete, and another may follow."""
        self.idle_since = time.monotonic()
        return self._answer.is_complete and self._answer.keeps_alive and not self._is_spoiled

    def is_silent(self) -> bool:
        """Whether the engine has neither hung up nor sent anything without a request."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return not poll.poll(0)

    def close(self) -> None:
        self._socket.close()

    def _send_all(self, head: bytes, body: Iterable[bytes]) -> None:
        small = bytearray(head)
        for block in body:
            if len(block) < SMALL_BYTES:
                small += block
                continue
            if small:
                self._write(small)
                small.clear()
            self._write(block)
        if small:
            self._write(small)

    def _write(self, block: bytes | bytearray) -> None:
        unsent = memoryview(block)
        try:
            # Not sendall, which would start the time-out again after every partial write.
            while unsent:
                self._wait_at_most(socket.SO_SNDTIMEO, left_s())
                unsent = unsent[self._socket.send(unsent) :]
        except _TIMEOUTS as error:
            raise httpx.WriteTimeout("the engine does not read") from error
        except OSError as error:
            raise httpx.WriteError("the engine hung up") from error

    def _receive(self) -> None:
        while True:
            self._wait_at_most(socket.SO_RCVTIMEO, next_check_s())
            try:
                block = self._socket.recv(READ_BYTES)
            except _TIMEOUTS:
                continue
            except OSError as error:
                raise httpx.ReadError("the connection broke") from error
            return self._answer.feed(block)

    def _wait_at_most(self, option: int, seconds: float) -> None:
        """Set the time-out of the system: Python's own costs two more system calls each time."""
        if isinstance(self._socket, ssl.SSLSocket):
            # TLS would try again, forever, what the system gave up on.
            return self._socket.settimeout(seconds)
        whole, rest = divmod(max(1, int(seconds * 1_000_000)), 1_000_000)
        self._socket.setsockopt(socket.SOL_SOCKET, option, _TIMEVAL.pack(whole, rest))
        return None


class _Answer:
    """An answer as far as it has arrived; `httptools` calls the methods named `on_…`."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.has_head = self.is_complete = False
        self.keeps_alive = True
        self._blocks: list[bytes] = []
        self._received_outside_body = 0
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, block: bytes) -> None:
        """Parse what has arrived; an empty block means that the engine has hung up.

        Raises
        ------
        httpx.RemoteProtocolError, httpx.ReadError
        """
        if not block:
            return self._end()
        self._received_outside_body += len(block)
        try:
            self._parser.feed_data(block)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.keeps_alive = False
            # Bytes after a complete answer spoil the connection, not the answer.
            if not self.is_complete:
                raise httpx.RemoteProtocolError("not HTTP") from error
        if self._received_outside_body > MAX_HEAD_BYTES and not self.is_complete:
            raise httpx.RemoteProtocolError("a head that does not end")

    def take_blocks(self) -> list[bytes]:
        """Return the blocks of the body that have arrived since the last call."""
        blocks, self._blocks = self._blocks, []
        return blocks

    def on_message_begin(self) -> None:
        if self.is_complete:
            self.keeps_alive = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.has_head:
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if self.is_complete or status < httpx.codes.OK:
            self.headers = self.headers if self.is_complete else []
            return
        self.status, self.has_head = status, True

    def on_body(self, block: bytes) -> None:
        if not self.is_complete:
            self._blocks.append(block)
            self._received_outside_body = 0

    def on_message_complete(self) -> None:
        # Interim answers, such as "100 Continue", are complete messages to the parser.
        if self.has_head and not self.is_complete:
            self.is_complete = True
            self.keeps_alive = self._parser.should_keep_alive()

    def _end(self) -> None:
        self.keeps_alive = False
        framed = {b"content-length", b"transfer-encoding"}
        if not self.has_head or framed.intersection(name.lower() for name, _ in self.headers):
            raise httpx.ReadError("the engine hung up")
        self.is_complete = True
