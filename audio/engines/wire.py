"""One HTTP/1.1 connection to an engine: a request out, its answer in, within the call's time."""

import select
import socket
import ssl
import struct
import time
from collections.abc import Iterable, Iterator

import httptools
import httpx

from audio.engines.deadlines import left_s, next_check_s

READ_BYTES = 64 * 1024
# Small pieces of a request go together: each would be a call to the system of its own.
SMALL_BYTES = 16 * 1024
# Of a head, or of whatever else an engine may say between two pieces of a body.
LONGEST_HEAD = 100 * 1024
_TIMEVAL = struct.Struct("ll")
# What the system, and what Python, say when time is up.
_LATE = BlockingIOError, TimeoutError


class Connection:
    """A connection that carries one call after another."""

    def __init__(self, opened: socket.socket) -> None:
        opened.setblocking(True)
        self._socket = opened
        self._answer = _Answer()
        self._is_spoiled = False
        self.idle_since = time.monotonic()

    def ask(self, head: bytes, body: Iterable[bytes]) -> "_Answer":
        """Send a request, and return when the head of its answer is here.

        Raises
        ------
        httpx.TransportError
        """
        self._answer = _Answer()
        try:
            self._send(head, body)
        except httpx.WriteError:
            # An engine may refuse a request before it has read it, and hang up: its answer counts.
            self.spoil()
        while not self._answer.has_head:
            self._receive()
        return self._answer

    def pieces(self) -> Iterator[bytes]:
        """The body of the answer as it comes.

        Raises
        ------
        httpx.TransportError
        """
        while True:
            yield from self._answer.taken()
            if self._answer.is_complete:
                return
            self._receive()

    def spoil(self) -> None:
        """Have it closed after this call: what the engine says next would be no answer."""
        self._is_spoiled = True

    def is_reusable(self) -> bool:
        """Whether the answer is over, and another may follow."""
        self.idle_since = time.monotonic()
        return self._answer.is_complete and self._answer.keeps_alive and not self._is_spoiled

    def is_silent(self) -> bool:
        """Whether the engine has neither hung up nor said what nobody asked."""
        looked_at = select.poll()
        looked_at.register(self._socket, select.POLLIN)
        return not looked_at.poll(0)

    def close(self) -> None:
        self._socket.close()

    def _send(self, head: bytes, body: Iterable[bytes]) -> None:
        small = bytearray(head)
        for piece in body:
            if len(piece) < SMALL_BYTES:
                small += piece
                continue
            if small:
                self._write(small)
                small.clear()
            self._write(piece)
        if small:
            self._write(small)

    def _write(self, piece: bytes | bytearray) -> None:
        unsent = memoryview(piece)
        try:
            # Not sendall, which gives an engine that reads a little as much time again.
            while unsent:
                self._wait_at_most(socket.SO_SNDTIMEO, left_s())
                unsent = unsent[self._socket.send(unsent) :]
        except _LATE as error:
            raise httpx.WriteTimeout("the engine does not read") from error
        except OSError as error:
            raise httpx.WriteError("the engine hung up") from error

    def _receive(self) -> None:
        while True:
            self._wait_at_most(socket.SO_RCVTIMEO, next_check_s())
            try:
                block = self._socket.recv(READ_BYTES)
            except _LATE:
                continue
            except OSError as error:
                raise httpx.ReadError("the connection broke") from error
            return self._answer.feed(block)

    def _wait_at_most(self, option: int, seconds: float) -> None:
        """Have the system keep the time: Python's own timeouts cost two more calls to it each."""
        if isinstance(self._socket, ssl.SSLSocket):
            # Of what the system gave up on, TLS would only try it again, for ever.
            return self._socket.settimeout(seconds)
        whole, rest = divmod(max(1, int(seconds * 1_000_000)), 1_000_000)
        self._socket.setsockopt(socket.SOL_SOCKET, option, _TIMEVAL.pack(whole, rest))
        return None


class _Answer:
    """An answer as far as it has come; `httptools` calls what begins with `on_`."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.has_head = self.is_complete = False
        self.keeps_alive = True
        self._pieces: list[bytes] = []
        self._received_for_nothing = 0
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, block: bytes) -> None:
        """Take what has arrived; nothing means that the engine has hung up.

        Raises
        ------
        httpx.RemoteProtocolError, httpx.ReadError
        """
        if not block:
            return self._end()
        self._received_for_nothing += len(block)
        try:
            self._parser.feed_data(block)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.keeps_alive = False
            # What follows a whole answer spoils the connection, not the answer.
            if not self.is_complete:
                raise httpx.RemoteProtocolError("not HTTP") from error
        if self._received_for_nothing > LONGEST_HEAD and not self.is_complete:
            raise httpx.RemoteProtocolError("a head without end")

    def taken(self) -> list[bytes]:
        """What has come of the body since this was asked last."""
        pieces, self._pieces = self._pieces, []
        return pieces

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

    def on_body(self, piece: bytes) -> None:
        if not self.is_complete:
            self._pieces.append(piece)
            self._received_for_nothing = 0

    def on_message_complete(self) -> None:
        # What comes before, such as "100 Continue", are whole messages to the parser.
        if self.has_head and not self.is_complete:
            self.is_complete = True
            self.keeps_alive = self._parser.should_keep_alive()

    def _end(self) -> None:
        self.keeps_alive = False
        framed = {b"content-length", b"transfer-encoding"}
        if not self.has_head or framed.intersection(name.lower() for name, _ in self.headers):
            raise httpx.ReadError("the engine hung up")
        self.is_complete = True
