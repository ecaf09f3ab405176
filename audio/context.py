"""The facts of the work under way, as one frozen value, for every layer of the service.

A request, a recording of an archive and a job each run in their own context. Threads that do part
of the work run in a copy of it.
"""

import errno
import secrets
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

TRACE_VERSION = "00"


class ClientLeft(ConnectionResetError):
    """The client has closed its connection before the answer was complete."""

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "the client has left")


@dataclass(frozen=True, slots=True)
class Trace:
    """One distributed trace (W3C Trace Context), and the gateway's own id of the work."""

    request_id: str
    trace_id: str
    parent_id: str
    flags: int = 0
    state: str = ""

    def headers(self) -> dict[str, str]:
        """Return the headers that pass the trace on to an engine."""
        identified = {
            "x-request-id": self.request_id,
            "traceparent": f"{TRACE_VERSION}-{self.trace_id}-{self.parent_id}-{self.flags:02x}",
        }
        return identified | ({"tracestate": self.state} if self.state else {})


@dataclass(slots=True)
class RequestEntry:
    """What the log line of one request reports; each layer adds what it knows."""

    method: str
    started: float = field(default_factory=time.monotonic)
    route: str = "unmatched"
    key: str | None = None
    status: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    is_cut: bool = False
    failure: str = ""
    engine_spans: list[tuple[float, float]] = field(default_factory=list)

    @property
    def engine_s(self) -> float:
        """The time with at least one engine call under way: parallel calls count once."""
        total, reached = 0.0, 0.0
        for start, end in sorted(self.engine_spans):
            total += max(0.0, end - max(start, reached))
            reached = max(reached, end)
        return total


class ProgressWatcher(Protocol):
    """Follows a job; its methods are called from any thread that does part of the job."""

    def advance(self, share: float) -> None:
        """Add a share of the whole job, 0 to 1, to what is done."""

    def is_over(self) -> bool:
        """Whether the job must not begin anything new."""


class HeldSlots(Protocol):
    """The slots that a job holds at one engine."""

    @property
    def count(self) -> int:
        """How many calls the job may have under way."""

    @property
    def unused(self) -> int:
        """How many of them no call of the job occupies."""

    def call(self) -> AbstractContextManager[None]:
        """Occupy one slot of the job for the time of a call."""

    def end(self) -> None:
        """Begin no further call, and release each slot when no call uses it."""


@dataclass(slots=True)
class EngineCall:
    """The deadline of an engine call (monotonic clock), and whether it ends with its client.

    `has_hung_up`: the engine has closed the connection.
    """

    until: float
    ends_with_client: bool
    has_hung_up: bool = False


def _is_never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkContext:
    """The facts of one piece of work.

    `client_has_left` looks at the client's connection. `calls_end_with_client`: engine calls are
    given up when the client leaves. `probe_limit_s` is set in a probe alone: how long each of its
    calls may take. `held_slots` are by name and address of the engine. `library_mark` is the state
    of the voice library when the work began. `submitted_by` is the key that submitted a job.
    """

    trace: Trace | None = None
    request: RequestEntry | None = None
    client_has_left: Callable[[], bool] = _is_never
    calls_end_with_client: bool = False
    watcher: ProgressWatcher | None = None
    probe_limit_s: float | None = None
    held_slots: Mapping[tuple[str, str], HeldSlots] = field(default_factory=dict)
    call: EngineCall | None = None
    library_mark: object | None = None
    submitted_by: str | None = None


_NO_WORK = WorkContext()
_current: ContextVar[WorkContext] = ContextVar("work", default=_NO_WORK)


def current() -> WorkContext:
    """Return the context of the work under way."""
    return _current.get()


def begin(work: WorkContext) -> None:
    """Make this the context of what the thread does next, until `end`."""
    _current.set(work)


def end() -> None:
    """Leave the context that `begin` set."""
    _current.set(_NO_WORK)


@contextmanager
def replaced(**changes: Any) -> Iterator[None]:
    """Replace some fields of the context inside the block."""
    token = _current.set(replace(_current.get(), **changes))
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def traced(request_id: str | None = None) -> Iterator[None]:
    """Begin a trace for the work inside the block, unless it belongs to one already."""
    trace = current().trace or new_trace(request_id or new_request_id())
    with replaced(trace=trace):
        yield


def new_request_id() -> str:
    """Make an id for work that brought none."""
    return f"req_{uuid.uuid4().hex}"


def new_trace(request_id: str) -> Trace:
    """Begin a trace of the gateway's own, which is not sampled."""
    return Trace(request_id, secrets.token_hex(16), secrets.token_hex(8))


def trace_headers() -> Mapping[str, str]:
    """Return the headers that pass the trace of the work under way on to an engine."""
    trace = current().trace
    return {} if trace is None else trace.headers()


def key_name() -> str | None:
    """Return the name of the API key that the work is done for; None outside of a request."""
    request = current().request
    return request.key if request else None


def vocabulary_key() -> str:
    """Return the name of the key whose vocabulary spells the work: its own or the job's, or ""."""
    return key_name() or current().submitted_by or ""


def note_engine_call(started: float, ended: float) -> None:
    """Record when an engine worked for the request, as two readings of the monotonic clock."""
    if request := current().request:
        request.engine_spans.append((started, ended))


def raise_if_client_left() -> None:
    """Stop work whose answer no client waits for.

    Raises
    ------
    ClientLeft
    """
    if current().client_has_left():
        raise ClientLeft
