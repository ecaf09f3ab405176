"""The connections to one engine, as an httpx transport.

It replaces httpx's own transport, which supports every protocol and proxy: engines speak HTTP/1.1
on the local network, and their slots limit the calls. `docs/explanation/performance.md` has the
time it saves.
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

from audio.engines.cpu_affinity import on_all_processors
from audio.engines.http.deadlines import left_s
from audio.engines.http.wire import Connection
from audio.retries import CONNECTING

# uvicorn, which serves the engine containers, closes an idle connection after 5 s; the gateway
# must close it first.
KEEPALIVE_S = 4.0
# Sending this much takes long enough to be worth a processor of its own.
LARGE_BYTES = 16 * 1024 * 1024


class EngineTransport(httpx.BaseTransport):
    """A limited number of connections, each kept for KEEPALIVE_S after a call."""

    def __init__(self, connections: int, *, connect_s: float, wait_s: float) -> None:
        self._connect_s, self._wait_s = connect_s, wait_s
        self._free = BoundedSemaphore(connections)
        # The connection that was used last comes last.
        self._idle: deque[Connection] = deque()
        self._changing = Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and return when the head of the answer has arrived.

        Raises
        ------
        httpx.TransportError
        """
        if not self._free.acquire(timeout=self._wait_s):
            raise httpx.PoolTimeout("all connections are in use")
        try:
            connection = self._reuse() or self._connect(request.url)
        except BaseException:
            self._free.release()
            raise
        body = _Body(self, connection)
        try:
            assert isinstance(request.stream, httpx.SyncByteStream)  # noqa: S101 — request_forms and httpx make no other
            with on_all_processors() if _is_large(request) else nullcontext():
                answer = connection.send(_head(request), request.stream)
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
        """Keep a connection for the next call, or close it if its answer is not complete."""
        if connection.is_reusable():
            with self._changing:
                self._idle.append(connection)
        else:
            connection.close()
        self._free.release()
        self._close_older_than(KEEPALIVE_S)

    def close(self) -> None:
        self._close_older_than(0.0)

    def _reuse(self) -> Connection | None:
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

    def _connect(self, url: httpx.URL) -> Connection:
        for _ in CONNECTING.waits_s:
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
            raise httpx.ConnectTimeout("the engine accepts no connection") from error
        # UnicodeError: the name cannot be the name of a host.
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError("the engine is not there") from error
        return Connection(opened)


class _Body(httpx.SyncByteStream):
    """The body of an answer; closing it gives its connection back, once."""

    def __init__(self, transport: EngineTransport, connection: Connection) -> None:
        self._transport, self._connection = transport, connection
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        return self._connection.blocks()

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._transport.give_back(self._connection)


def _is_large(request: httpx.Request) -> bool:
    return int(request.headers.get("content-length", 0)) > LARGE_BYTES


def _head(request: httpx.Request) -> bytes:
    lines = [b"%b %b HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)]
    lines += [b"%b: %b" % field for field in request.headers.raw]
    if request.url.userinfo:
        lines.append(b"Authorization: Basic %b" % _credentials(request.url))
    return b"\r\n".join([*lines, b"", b""])


def _credentials(url: httpx.URL) -> bytes:
    """Return the credentials that an address holds for a proxy in front of the engine."""
    return base64.b64encode(f"{url.username}:{url.password}".encode())


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Loading the CA certificates takes 34 ms of CPU: once for all clients."""
    return ssl.create_default_context()
