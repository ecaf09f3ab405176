"""The sockets of engine calls, as httpcore uses them: each wait is part of the call under way."""

import ssl
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import httpcore

from audio.engines.http.deadlines import left_s, next_check_s, note_hang_up

# Small blocks of a request are joined: each would be a system call, and a packet, of its own.
SMALL_BYTES = 16 * 1024
# Ends a head, and a chunked body.
_END = b"\r\n\r\n"


class DeadlineBackend(httpcore.SyncBackend):
    """Connects within the call's deadline, to connections that keep to it."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> "DeadlineStream":
        try:
            return DeadlineStream(
                super().connect_tcp(host, port, _at_most(timeout), local_address, socket_options)
            )
        except UnicodeError as error:
            raise httpcore.ConnectError("no host can have this name") from error


class DeadlineStream(httpcore.NetworkStream):
    """A connection that carries one call after another, each within its own deadline.

    httpcore's parser keeps bytes after an answer, and would read them as the next answer. So it is
    given each answer only up to its end; a connection with more is not used again.
    """

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self._socket = stream.get_extra_info("socket")
        self._unsent, self._unread = bytearray(), b""
        self._body_left: int | None = None
        self._is_broken = False

    def expect_body(self, size: int | None) -> None:
        """Read at most a body of this size, in bytes; None where its size is unknown."""
        self._body_left = size

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        # An engine may refuse a request and hang up before it has read it: its answer counts.
        with suppress(httpcore.WriteError):
            self._flush()
        if not self._unread:
            self._unread = self._receive(max_bytes)
        end = self._unread.find(_END)
        size = len(self._unread) if end < 0 else end + len(_END)
        if self._body_left:
            size = min(size, self._body_left)
            self._body_left -= size
        block, self._unread = self._unread[:size], self._unread[size:]
        return block

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._body_left = None
        if len(buffer) < SMALL_BYTES:
            self._unsent += buffer
            return
        self._flush()
        self._send(buffer)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> "DeadlineStream":
        return DeadlineStream(
            self._stream.start_tls(ssl_context, server_hostname, _at_most(timeout))
        )

    def get_extra_info(self, info: str) -> Any:
        # httpcore uses no idle connection again that has something to read.
        if info == "is_readable" and (self._unread or self._is_broken):
            return True
        return self._stream.get_extra_info(info)

    def _flush(self) -> None:
        unsent, self._unsent = self._unsent, bytearray()
        self._send(unsent)

    def _send(self, block: bytes | bytearray) -> None:
        unsent = memoryview(block)
        try:
            # Not sendall, which would start the timeout again after every partial write.
            while unsent:
                self._socket.settimeout(left_s())
                unsent = unsent[self._socket.send(unsent) :]
        except TimeoutError as error:
            raise httpcore.WriteTimeout("the engine does not read") from error
        except OSError as error:
            self._is_broken = True
            raise httpcore.WriteError("the engine hung up") from error

    def _receive(self, max_bytes: int) -> bytes:
        while True:
            try:
                block = self._stream.read(max_bytes, next_check_s())
            except httpcore.ReadTimeout:
                continue
            if not block:
                note_hang_up()
            return block


def _at_most(timeout: float | None) -> float:
    left = left_s()
    return left if timeout is None else min(timeout, left)
