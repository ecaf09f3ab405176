"""The connections to one engine: httpcore's pool, as an httpx transport.

httpx's own transport has no parameter for httpcore's network backend, which sees every use of a
socket and so can keep to one deadline for the whole call.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import httpcore
import httpx

from audio.engines.http.deadlines import has_hung_up
from audio.engines.http.network_backend import DeadlineBackend, DeadlineStream
from audio.retries import CONNECTING

# uvicorn, which serves the engine containers, closes an idle connection after 5 s; the gateway
# must close it first.
KEEPALIVE_S = 4.0
_ERRORS: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.PoolTimeout: httpx.PoolTimeout,
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
        self._timeouts = {"connect": connect_s, "pool": wait_s}
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls,
            max_connections=count,
            keepalive_expiry=KEEPALIVE_S,
            # Of connecting alone: nothing was sent yet. The first retry follows immediately.
            retries=len(CONNECTING.waits_s),
            network_backend=DeadlineBackend(),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and return when the head of the answer has arrived.

        Raises
        ------
        httpx.TransportError
        """
        if request.url.userinfo:
            # The credentials that an address holds for a proxy in front of the engine.
            named = httpx.BasicAuth(request.url.username, request.url.password)
            request = next(named.sync_auth_flow(request))
        with _translated():
            answer = self._pool.handle_request(self._for_httpcore(request))
        stream = answer.extensions["network_stream"]
        response = httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )
        # Another protocol, which an answer of 101 switches to, has a stream of another class.
        if isinstance(stream, DeadlineStream) and "content-length" in response.headers:
            stream.expect_body(int(response.headers["content-length"]))
        return response

    def close(self) -> None:
        """Close the idle connections."""
        self._pool.close()

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
    """The body of an answer; closing it gives its connection back."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _translated():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


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
