"""One id and one log line per request, for operators; no line holds text or audio of a request.

`RequestLog` wraps the whole application, because only there the last byte of a stream is seen.
The layers below add to the request's entry: route, name of the key, time that engines took.
"""

import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.http import HttpRequest, HttpResponseBase

from audio import context, metrics
from audio.api.client_connection import ClientConnection
from audio.api.tracing import parse_trace
from audio.context import RequestEntry, Trace, WorkContext

logger = logging.getLogger("audio.request")
# A client may send any word as its method; labels of metrics and the log hold only these.
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_VALID_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def note_key(name: str) -> None:
    """Record the name of the key that the request is served under."""
    if entry := context.current().request:
        entry.key = name


def note_bytes_in(count: int) -> None:
    """Record that bytes of the request's body were read."""
    if entry := context.current().request:
        entry.bytes_in += count


def note_failure(code: str) -> None:
    """Record that the answer ended in a failure, though its status is a success."""
    if entry := context.current().request:
        entry.failure = code


class RequestLog:
    """WSGI middleware that begins the context of each request, and logs the request at its end."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        entry = RequestEntry(method if method in _METHODS else "other")
        trace = _trace(environ)
        client: ClientConnection = environ["spark_control.client"]
        context.begin(WorkContext(trace=trace, request=entry, client_has_left=client.has_left))
        metrics.IN_FLIGHT.inc()

        def start(status: str, headers: list[tuple[str, str]], *rest: object) -> object:
            entry.status = int(status[:3])
            headers.append(("x-request-id", trace.request_id))
            return start_response(status, headers, *rest)  # type: ignore[arg-type]

        try:
            body = self.application(environ, start)  # type: ignore[arg-type]
        except BaseException:
            entry.is_cut = True
            _close(entry)
            raise
        return _RecordedBody(body, entry)


class _RecordedBody:
    """A response body that counts its bytes and writes the request's line when it is closed."""

    def __init__(self, body: Iterable[bytes], entry: RequestEntry) -> None:
        self.body, self.entry = body, entry
        # An answer may be abandoned at any time before its last byte.
        self.entry.is_cut = True

    def __iter__(self) -> Iterator[bytes]:
        for block in self.body:
            self.entry.bytes_out += len(block)
            yield block
        self.entry.is_cut = False

    def close(self) -> None:
        try:
            if close := getattr(self.body, "close", None):
                close()
        finally:
            _close(self.entry)


def _close(entry: RequestEntry) -> None:
    metrics.IN_FLIGHT.dec()
    write(entry)
    context.end()


def write(entry: RequestEntry) -> None:
    """Count a request that has ended, and write its line."""
    seconds = time.monotonic() - entry.started
    metrics.UPLOADED_BYTES.inc(entry.bytes_in)
    answered = (entry.method, entry.route, str(entry.status))
    metrics.REQUESTS.labels(*answered).observe(seconds)
    metrics.ANSWERS.labels(*answered, entry.key or metrics.NO_KEY).inc()
    metrics.GATEWAY.labels(entry.route).observe(max(0.0, seconds - entry.engine_s))
    logger.info(
        "request",
        extra={
            "method": entry.method,
            "route": entry.route,
            "status": entry.status,
            "ms": round(seconds * 1000, 1),
            "key": entry.key,
            "bytes_in": entry.bytes_in,
            "bytes_out": entry.bytes_out,
            "engine_ms": round(entry.engine_s * 1000, 1),
            **({"cut": True} if entry.is_cut else {}),
            **({"failure": entry.failure} if entry.failure else {}),
        },
    )


def _trace(environ: WSGIEnvironment) -> Trace:
    given = environ.get("HTTP_X_REQUEST_ID", "")
    request_id = given if _VALID_REQUEST_ID.fullmatch(given) else context.new_request_id()
    parent, state = (environ.get(f"HTTP_TRACE{name}", "") for name in ("PARENT", "STATE"))
    return parse_trace(parent, state, request_id=request_id)


class AddRequestId(logging.Filter):
    """Adds the ids of the request, or of the recording, to every log record written for it."""

    def filter(self, record: logging.LogRecord) -> bool:
        if trace := context.current().trace:
            record.request_id, record.trace_id = trace.request_id, trace.trace_id
        return True


class NoteRoute:
    """Middleware that records the pattern of the route, not the path, which may hold a name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        if (entry := context.current().request) and request.resolver_match:
            route = request.resolver_match.route
            entry.route = f"/{route}" if route else "unmatched"
