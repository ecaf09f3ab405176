"""An engine's health as its health route reports it: ready, loading, or neither."""

import re
from dataclasses import dataclass

import httpx

from audio.engines.http.answers import read_reason, read_refusal

# whisper.cpp has the route, but its error handler makes every status but 400 and 500 a 404.
_OVERWRITTEN = re.compile(r"File Not Found \(.*\)")
_WITHOUT_ROUTE = (httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED)


@dataclass(frozen=True, slots=True)
class Health:
    """Whether an engine can infer, as far as it says, or is loading, and what it says then."""

    is_good: bool
    is_loading: bool = False
    says: str = ""


def read_health(response: httpx.Response) -> Health:
    """Read the answer of a health route; an engine without one counts as good."""
    if response.is_success:
        return Health(is_good=True)
    says, _ = read_reason(read_refusal(response))
    if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        return Health(is_good=False, is_loading=True, says=says)
    if response.status_code not in _WITHOUT_ROUTE:
        return Health(is_good=False)
    if _OVERWRITTEN.fullmatch(says):
        return Health(is_good=False, is_loading=True, says=says)
    return Health(is_good=True)
