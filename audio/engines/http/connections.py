"""The connections to one engine: httpcore's, as an httpx transport.

httpx's own transport has no parameter for httpcore's network backend, which sees every use of a
socket and so can keep to one deadline for the whole call. httpcore's pool, for many addresses,
looks at every connection twice a call; for one address, and calls that slots limit, a stack is
enough.
"""

import ssl
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from threading import BoundedSemaphore

import httpcore
import httpx

from audio.engines.http.deadlines import has_hung_up
from audio.engines.http.network_backend import DeadlineBackend, DeadlineStream
from audio.retries import CONNECTING

# uvicorn, which serves the engine containers, closes an idle connection after 5 s; the gateway
# must close it first.
KEEPALIVE_S = 4.0
_ERRORS: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
    httpcore.UnsupportedProtocol: httpx.UnsupportedProtocol,
}


class EngineConnections(httpx.BaseTransport):
    """A limited number of connections, each kept for KEEPALIVE_S after a call."""

    def __init__(
        self, count: int, *, connect_s: float, wait_s: float, tls: ssl.SSLContext | None = None
    ) -> None:
        self._timeouts, self._wait_s, self._tls = {"connect": connect_s}, wait_s, tls
        self._backend = DeadlineBackend()
        self._free = BoundedSemaphore(count)
        # The connection that was used last comes last.
        self._idle: deque[httpcore.HTTPConnection] = deque()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and return when the head of the answer has arrived.

        Raises
        ------
        httpx.TransportError
        """
        if not self._free.acquire(timeout=self._wait_s):
            raise httpx.PoolTimeout("all connections are in use")
        try:
            with _translated():
                asked = self._for_httpcore(_with_credentials(request))
                connection = self._reuse() or self._new(asked.url.origin)
                answer = connection.handle_request(asked)
        except BaseException:
            # httpcore has closed the connection.
            self._free.release()
            raise
        response = httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer, partial(self._give_back, connection)),
            extensions=answer.extensions,
        )
        stream = answer.extensions["network_stream"]
        # Another protocol, which an answer of 101 switches to, has a stream of another class.
        if isinstance(stream, DeadlineStream) and "content-length" in response.headers:
            stream.expect_body(int(response.headers["content-length"]))
        return response

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()

    def _reuse(self) -> httpcore.HTTPConnection | None:
        with suppress(IndexError):
            while (connection := self._idle.pop()).has_expired():
                connection.close()
            return connection
        return None

    def _new(self, origin: httpcore.Origin) -> httpcore.HTTPConnection:
        return httpcore.HTTPConnection(
            origin,
            ssl_context=self._tls,
            keepalive_expiry=KEEPALIVE_S,
            # Of connecting alone: nothing was sent yet. The first retry follows immediately.
            retries=len(CONNECTING.waits_s),
            network_backend=self._backend,
        )

    def _give_back(self, connection: httpcore.HTTPConnection) -> None:
        if connection.is_idle():
            self._idle.append(connection)
        self._free.release()
        with suppress(IndexError):
            while (oldest := self._idle.popleft()).has_expired():
                oldest.close()
            self._idle.appendleft(oldest)

    def _for_httpcore(self, request: httpx.Request) -> httpcore.Request:
        url = request.url
        return httpcore.Request(
            request.method,
            httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions={"timeout": self._timeouts},
        )


class _Body(httpx.SyncByteStream):
    """The body of an answer; closing it gives its connection back, once."""

    def __init__(self, answer: httpcore.Response, give_back: Callable[[], None]) -> None:
        self._answer, self._give_back = answer, give_back
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        with _translated():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            # httpcore closes the connection, unless the answer was read to its end.
            try:
                self._answer.close()
            finally:
                self._give_back()


def _with_credentials(request: httpx.Request) -> httpx.Request:
    """Add the credentials that an address holds for a proxy in front of the engine."""
    url = request.url
    if not url.userinfo:
        return request
    return next(httpx.BasicAuth(url.username, url.password).sync_auth_flow(request))


@contextmanager
def _translated() -> Iterator[None]:
    """Raise httpx's errors for httpcore's; to httpcore an answer that breaks off is no HTTP."""
    try:
        yield
    except httpcore.RemoteProtocolError as error:
        kind = httpx.ReadError if has_hung_up() else httpx.RemoteProtocolError
        raise kind(str(error)) from error
    except tuple(_ERRORS) as error:
        raise _ERRORS[type(error)](str(error)) from error


@lru_cache(maxsize=1)
def tls() -> ssl.SSLContext:
    """Return the context of all engines: loading the CA certificates takes 34 ms of CPU."""
    return ssl.create_default_context()
