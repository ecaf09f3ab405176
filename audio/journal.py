"""One id and one log line per request: what happened, never what was said.

`Journal` wraps the whole application, because only there the last byte of a stream is seen.
Whatever happens inside adds to the request's entry: the route, the name of the key, the time spent
waiting for engines.
"""

import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponseBase

from audio import metrics, presence, tracing
from audio.tracing import Trace

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger("audio.request")
# As labels of metrics and in the log: a client may send any word as its method.
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(slots=True)
class Entry:
    """What the journal says of one request."""

    trace: Trace
    method: str
    started: float = field(default_factory=time.monotonic)
    route: str = "unmatched"
    key: str | None = None
    status: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    cut: bool = False
    failure: str = ""
    engine_spans: list[tuple[float, float]] = field(default_factory=list)

    @property
    def engine_s(self) -> float:
        """The time in which at least one engine call was under way: parallel calls count once."""
        total, reached = 0.0, 0.0
        for start, end in sorted(self.engine_spans):
            total += max(0.0, end - max(start, reached))
            reached = max(reached, end)
        return total


_current: ContextVar[Entry | None] = ContextVar("entry", default=None)


def note_key(name: str) -> None:
    """Say under which key's name this request is served."""
    if entry := _current.get():
        entry.key = name


def key_name() -> str | None:
    """The name of the key under which this is done; None outside of a request."""
    entry = _current.get()
    return entry.key if entry else None


def note_bytes_in(count: int) -> None:
    """Say that so many bytes of the request's body were read."""
    if entry := _current.get():
        entry.bytes_in += count


def note_failure(code: str) -> None:
    """Say that the answer ended in a failure, though its status says otherwise."""
    if entry := _current.get():
        entry.failure = code


def note_engine_call(started: float, ended: float) -> None:
    """Say that an engine worked for this request, between two readings of the monotonic clock."""
    if entry := _current.get():
        entry.engine_spans.append((started, ended))


class Journal:
    """The WSGI application around the application."""

    def __init__(self, application: "WSGIApplication") -> None:
        self.application = application

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        entry = Entry(_trace(environ), method if method in _METHODS else "other")
        _current.set(entry)
        presence.watch_connection(environ.get("gunicorn.socket"))
        tracing.follow(entry.trace)
        metrics.IN_FLIGHT.inc()

        def start(status: str, headers: list[tuple[str, str]], *rest: object) -> object:
            entry.status = int(status[:3])
            headers.append(("x-request-id", entry.trace.request_id))
            return start_response(status, headers, *rest)  # type: ignore[arg-type]

        try:
            body = self.application(environ, start)  # type: ignore[arg-type]
        except BaseException:
            entry.cut = True
            _close(entry)
            raise
        return _Recorded(body, entry)


class _Recorded:
    """A response body that counts its bytes and writes the request's line when it is closed."""

    def __init__(self, body: Iterable[bytes], entry: Entry) -> None:
        self.body, self.entry = body, entry
        # Until its last byte is told, an answer may be left.
        self.entry.cut = True

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.body:
            self.entry.bytes_out += len(chunk)
            yield chunk
        self.entry.cut = False

    def close(self) -> None:
        try:
            if close := getattr(self.body, "close", None):
                close()
        finally:
            _close(self.entry)


def _close(entry: Entry) -> None:
    _write(entry)
    _current.set(None)
    presence.watch_connection(None)
    tracing.follow(None)


def _write(entry: Entry) -> None:
    seconds = time.monotonic() - entry.started
    metrics.IN_FLIGHT.dec()
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
            **({"cut": True} if entry.cut else {}),
            **({"failure": entry.failure} if entry.failure else {}),
        },
    )


def _trace(environ: "WSGIEnvironment") -> Trace:
    given = environ.get("HTTP_X_REQUEST_ID", "")
    sane = given if _SANE_REQUEST_ID.fullmatch(given) else tracing.new_request_id()
    parent, state = (environ.get(f"HTTP_TRACE{name}", "") for name in ("PARENT", "STATE"))
    return tracing.read(parent, state, request_id=sane)


class AddRequestId(logging.Filter):
    """Every log record written for a request, or for a recording, bears its ids."""

    def filter(self, record: logging.LogRecord) -> bool:
        if trace := tracing.current():
            record.request_id, record.trace_id = trace.request_id, trace.trace_id
        return True


class NoteRoute:
    """Middleware: the pattern of the route, not the path, which may hold a name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        if (entry := _current.get()) and request.resolver_match:
            route = request.resolver_match.route
            entry.route = f"/{route}" if route else "unmatched"
