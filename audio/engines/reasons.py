"""Why an engine refused, in its own words, as far as a client may read them."""

import json
import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

LONGEST_REASON = 500
LONGEST_RETRY_AFTER_S = 60


def read_reason(content: bytes) -> tuple[str, str | None]:
    """Find an engine's own words, in whatever shape, and the field they are about."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return _clean(content.decode(errors="replace")), None
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
    field = param if param and _FIELD.fullmatch(param) else None
    return _clean(body) if isinstance(body, str) else "", field


_INNER = re.compile(
    r"""
      \w+://\S+                                              # addresses
    | \b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b                   # of IPv4
    | \[?(?:[0-9a-f]{0,4}:){2,}[0-9a-f]{0,4}\]?(?::\d+)?      # of IPv6
    | \b(?=[\w.-]*[a-z])[\w-]+(?:\.[\w-]+)*:\d{2,5}\b          # hosts with a port
    | \b(?:localhost|[\w-]+(?:\.[\w-]+)*\.(?:internal|local|lan|svc|cluster))\b
    | [a-z]:\\\S+                                            # paths of Windows
    | (?<![\w.])~?/(?!v1/|api/)[\w.-]+(?:/[\w.-]*)*          # absolute paths
    | \b[\w.-]+(?:/[\w.-]+)+\.\w{1,8}\b                     # relative ones, to a file
    | \bbearer\s+\S+ | \b(?:sk|key|token|hf)[-_]\S+         # keys
    | \b(?=\w*\d)(?=\w*[a-z])\w{24,}\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NO_SENTENCE = re.compile(
    r"traceback \(most recent|<!doctype|</?[a-z][^>]*>|\bfile .{1,200}, line \d+", re.IGNORECASE
)
_FIELD = re.compile(r"[A-Za-z_][\w.\[\]]{0,60}")


def _clean(text: str) -> str:
    """Cut an engine's words to what a client may read: no address, path, key or stack trace."""
    line = " ".join(text[: 4 * LONGEST_REASON].split())
    return "" if _NO_SENTENCE.search(line) else _INNER.sub("…", line)[:LONGEST_REASON]


def read_retry_after(response: httpx.Response) -> int | None:
    """Read how many seconds an engine asks for: at most a minute, longer is not believed."""
    given = response.headers.get("retry-after", "")
    if given.isdecimal():
        return min(int(given[:9]), LONGEST_RETRY_AFTER_S)
    try:
        until = parsedate_to_datetime(given)
    except ValueError:
        return None
    left = until - datetime.now(until.tzinfo and UTC)
    return min(max(0, math.ceil(left.total_seconds())), LONGEST_RETRY_AFTER_S)
