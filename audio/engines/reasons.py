"""Why an engine refused, in its own words, as far as a client may read them."""

import re

import httpx

LONGEST_REASON = 500
LONGEST_RETRY_AFTER_S = 60


def read_reason(response: httpx.Response) -> tuple[str, str | None]:
    """Find an engine's own words, in whatever shape, and the field they are about."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return _clean(response.text), None
    param = None
    for key in ("error", "detail"):
        body = body.get(key, body) if isinstance(body, dict) else body
    if isinstance(body, list) and body and isinstance(body[0], dict):
        location = body[0].get("loc")
        param = str(location[-1]) if isinstance(location, list) and location else None
        body = body[0].get("msg")
    if isinstance(body, dict):
        given = body.get("param")
        param = given if isinstance(given, str) else None
        body = body.get("message")
    return _clean(body) if isinstance(body, str) else "", param


# Addresses, and paths but for those of the API.
_INNER = re.compile(
    r"\w+://\S+|(?<![\w.])/(?!v1/|api/)(?:[\w.-]+/)+[\w.-]*"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b"
)


def _clean(text: str) -> str:
    """Cut an engine's words to what a client may read: no address, no path, no stack trace."""
    if "Traceback (most recent call last)" in text or "<html" in text.lower():
        return ""
    return _INNER.sub("…", " ".join(text.split()))[:LONGEST_REASON]


def read_retry_after(response: httpx.Response) -> int | None:
    """Read how many seconds an engine asks for: at most a minute, longer is not believed."""
    given = response.headers.get("retry-after", "")
    return min(int(given), LONGEST_RETRY_AFTER_S) if given.isdecimal() else None
