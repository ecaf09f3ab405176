"""The trace that a request's headers name, by W3C Trace Context.

A caller's `traceparent` and `tracestate` are passed on as they came: the gateway records no spans,
and a parent that was never recorded would break the trace. A malformed header is replaced by a new
trace, which is not sampled.

References
----------
https://www.w3.org/TR/trace-context/
"""

import re

from audio.context import TRACE_VERSION, Trace, new_trace

_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_INVALID_VERSION = "ff"
# Sampled, and a random trace id. The other flags have no meaning yet.
_KNOWN_FLAGS = 0x03
_STATE_MEMBER = re.compile(
    r"[a-z0-9][a-z0-9_*/@-]{0,255}"
    r"=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]"
)
_MAX_STATE_MEMBERS = 32


def parse_trace(traceparent: str, tracestate: str, *, request_id: str) -> Trace:
    """Read the trace that a caller's headers name; begin a new one where they are malformed."""
    found = _PARENT.fullmatch(traceparent)
    if found is None:
        return new_trace(request_id)
    version, trace_id, parent_id, flags, rest = found.groups()
    is_later = version != TRACE_VERSION
    if version == _INVALID_VERSION or (rest and not is_later):
        return new_trace(request_id)
    if not int(trace_id, 16) or not int(parent_id, 16):
        return new_trace(request_id)
    known = int(flags, 16) & _KNOWN_FLAGS
    return Trace(request_id, trace_id, parent_id, known, _state(tracestate))


def _state(given: str) -> str:
    """Return the vendors' own entries; an empty string where any of them is malformed."""
    members = [member.strip(" \t") for member in given.split(",")]
    members = [member for member in members if member]
    fit = len(members) <= _MAX_STATE_MEMBERS and all(map(_STATE_MEMBER.fullmatch, members))
    return ",".join(members) if fit else ""
