"""Which trace does this work belong to? W3C Trace Context, told to the engines and to the log.

A caller's `traceparent` and `tracestate` are passed on as they came: the gateway records no spans,
and a parent that nobody has recorded would tear the trace apart. What is malformed is replaced by
a trace of our own, which is not sampled.

References
----------
https://www.w3.org/TR/trace-context/
"""

import re
import secrets
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_VERSION, _INVALID_VERSION = "00", "ff"
# Sampled, and a random trace id; of the other flags nobody knows what they will mean.
_KNOWN_FLAGS = 0x03
_STATE_MEMBER = re.compile(
    r"[a-z0-9][a-z0-9_*/@-]{0,255}"
    r"=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]"
)
_MOST_STATE_MEMBERS = 32


@dataclass(frozen=True, slots=True)
class Trace:
    """One distributed trace, as far as we know it, and our own id of the work."""

    request_id: str
    trace_id: str
    parent_id: str
    flags: int = 0
    state: str = ""

    def headers(self) -> dict[str, str]:
        """What an engine is told."""
        told = {
            "x-request-id": self.request_id,
            "traceparent": f"{_VERSION}-{self.trace_id}-{self.parent_id}-{self.flags:02x}",
        }
        return told | ({"tracestate": self.state} if self.state else {})


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current() -> Trace | None:
    """The trace of the work under way."""
    return _current.get()


def follow(trace: Trace | None) -> None:
    """What comes in this context belongs to this trace, or to none."""
    _current.set(trace)


@contextmanager
def traced(request_id: str | None = None) -> Iterator[None]:
    """A trace for one recording, unless its work belongs to one already."""
    token = _current.set(_current.get() or begin(request_id or new_request_id()))
    try:
        yield
    finally:
        _current.reset(token)


def headers() -> Mapping[str, str]:
    """What an engine is told of the work under way."""
    trace = _current.get()
    return {} if trace is None else trace.headers()


def new_request_id() -> str:
    """An id for work that brought none."""
    return f"req_{uuid.uuid4().hex}"


def begin(request_id: str) -> Trace:
    """A trace of our own."""
    return Trace(request_id, secrets.token_hex(16), secrets.token_hex(8))


def read(traceparent: str, tracestate: str, *, request_id: str) -> Trace:
    """The trace that a caller's headers name; one of our own where they are malformed."""
    found = _PARENT.fullmatch(traceparent)
    if found is None:
        return begin(request_id)
    version, trace_id, parent_id, flags, rest = found.groups()
    later = version != _VERSION
    if version == _INVALID_VERSION or (rest and not later):
        return begin(request_id)
    if not int(trace_id, 16) or not int(parent_id, 16):
        return begin(request_id)
    known = int(flags, 16) & _KNOWN_FLAGS
    return Trace(request_id, trace_id, parent_id, known, _state(tracestate))


def _state(given: str) -> str:
    """The vendors' own entries; nothing where any of them is malformed."""
    members = [member.strip(" \t") for member in given.split(",")]
    members = [member for member in members if member]
    fit = len(members) <= _MOST_STATE_MEMBERS and all(map(_STATE_MEMBER.fullmatch, members))
    return ",".join(members) if fit else ""
