"""Connections to one engine, under httpx's interface.

In place of httpx's own, which carries every protocol and proxy there is: an engine is asked over
HTTP/1.1, on the local network, and its places say how much at once. `benchmarks/NOTES.md` has what
that saves.
"""

import base64
import socket
import ssl
import time
from collections import deque
from collections.abc import Iterator
from contextlib import nullcontext
from functools import lru_cache
from threading import BoundedSemaphore, Lock

import httpx

from audio.engines.deadlines import left_s
from audio.engines.processors import anywhere
from audio.engines.wire import Connection

# uvicorn, which serves the containers, closes an idle connection after 5 s; ours must be gone by
# then.
KEEPALIVE_S = 4.0
# Of connecting alone: nothing was sent yet. The second try comes at once.
TRIES = 2
# Sending so much takes long enough for a processor of its own.
LARGE = 16 * 1024 * 1024


class EngineTransport(httpx.BaseTransport):
    """At most so many connections, kept for a moment after each call."""

    def __init__(self, connections: int, *, connect_s: float, wait_s: float) -> None:
        self._connect_s, self._wait_s = connect_s, wait_s
        self._room = BoundedSemaphore(connections)
        # The one that was used last comes last.
        self._idle: deque[Connection] = deque()
        self._changing = Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Ask, and return when the head of the answer is here.

        Raises
        ------
        httpx.TransportError
        """
        if not self._room.acquire(timeout=self._wait_s):
            raise httpx.PoolTimeout("all connections are in use")
        try:
            connection = self._kept() or self._opened(request.url)
        except BaseException:
            self._room.release()
            raise
        body = _Body(self, connection)
        try:
            assert isinstance(request.stream, httpx.SyncByteStream)  # noqa: S101 — all of ours are
            with anywhere() if _is_large(request) else nullcontext():
                answer = connection.ask(_head(request), request.stream)
        except BaseException:
            body.close()
            raise
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=body,
            extensions={"connection": connection},
        )

    def give_back(self, connection: Connection) -> None:
        """Keep a connection for the next call, or close it where its answer is not over."""
        if connection.is_reusable():
            with self._changing:
                self._idle.append(connection)
        else:
            connection.close()
        self._room.release()
        self._close_older_than(KEEPALIVE_S)

    def close(self) -> None:
        self._close_older_than(0.0)

    def _kept(self) -> Connection | None:
        self._close_older_than(KEEPALIVE_S)
        while True:
            with self._changing:
                if not self._idle:
                    return None
                connection = self._idle.pop()
            if connection.is_silent():
                return connection
            connection.close()

    def _close_older_than(self, seconds: float) -> None:
        until = time.monotonic() - seconds
        while True:
            with self._changing:
                if not self._idle or self._idle[0].idle_since > until:
                    return
                connection = self._idle.popleft()
            connection.close()

    def _opened(self, url: httpx.URL) -> Connection:
        for _ in range(TRIES - 1):
            try:
                return self._open(url)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return self._open(url)

    def _open(self, url: httpx.URL) -> Connection:
        host = url.raw_host.decode("ascii")
        port = url.port or (443 if url.scheme == "https" else 80)
        within_s = min(self._connect_s, left_s())
        try:
            opened = socket.create_connection((host, port), within_s)
            try:
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if url.scheme == "https":
                    opened = _tls().wrap_socket(opened, server_hostname=host)
            except BaseException:
                opened.close()
                raise
        except TimeoutError as error:
            raise httpx.ConnectTimeout("nobody lets us in") from error
        # The second where it is the name of no host at all.
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError("nobody is there") from error
        return Connection(opened)


class _Body(httpx.SyncByteStream):
    """The body of an answer; closing it gives its connection back, once."""

    def __init__(self, transport: EngineTransport, connection: Connection) -> None:
        self._transport, self._connection = transport, connection
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        return self._connection.pieces()

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._transport.give_back(self._connection)


def _is_large(request: httpx.Request) -> bool:
    return int(request.headers.get("content-length", 0)) > LARGE


def _head(request: httpx.Request) -> bytes:
    lines = [b"%b %b HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)]
    lines += [b"%b: %b" % field for field in request.headers.raw]
    if request.url.userinfo:
        lines.append(b"Authorization: Basic %b" % _credentials(request.url))
    return b"\r\n".join([*lines, b"", b""])


def _credentials(url: httpx.URL) -> bytes:
    """What a proxy before the engine may ask for stands in its address."""
    return base64.b64encode(f"{url.username}:{url.password}".encode())


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Loading the CA certificates takes 34 ms of CPU: once for all clients."""
    return ssl.create_default_context()
