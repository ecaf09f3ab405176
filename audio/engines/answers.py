"""What does an engine's answer say, or why is it none?"""

import json
import math
import re
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import orjson

from audio.engines.deadlines import within
from audio.engines.failures import (
    EngineFailed,
    EngineRefused,
    nonsense,
    timed_out,
    unreachable,
)
from audio.engines.restart_refusals import remedy

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


# Words of a recording of a day are a tenth of this; and a reason is a sentence.
LARGEST_ANSWER = 32 * 1024 * 1024
LARGEST_REFUSAL = 64 * 1024
REFUSAL_S = 2.0


def check(response: httpx.Response, engine: str, url: str) -> None:
    """Read what an answer is refused for, where it is no good one.

    Raises
    ------
    EngineError
    """
    status = response.status_code
    if status == httpx.codes.OK:
        return
    reason, param = read_reason(_refusal(response))
    if status == httpx.codes.INTERNAL_SERVER_ERROR:
        raise EngineFailed(
            f"A transient error in the {engine} engine; {remedy(engine, url)}. "
            "Try again in about 60 s.",
            reason,
        )
    if 400 <= status < 500 or status == httpx.codes.SERVICE_UNAVAILABLE:
        said = reason or f"The {engine} engine refused the request."
        raise EngineRefused(status, said, param, read_retry_after(response))
    # These two are a proxy's, in front of an engine that it cannot reach or wait for.
    if status == httpx.codes.BAD_GATEWAY:
        raise unreachable(engine)
    if status == httpx.codes.GATEWAY_TIMEOUT:
        raise timed_out(engine)
    raise nonsense(engine, f"its status is {status}")


def read_json(response: httpx.Response, engine: str) -> object:
    """Read a good answer to its end.

    Raises
    ------
    EngineNonsense
    """
    with closing(response):
        content = b"".join(_up_to(LARGEST_ANSWER, response))
        if len(content) > LARGEST_ANSWER:
            raise nonsense(engine, "it is too long")
        try:
            # Strict: neither NaN nor half a surrogate pair, which no text could be passed on with.
            return orjson.loads(content)
        except orjson.JSONDecodeError:
            # A server that knows one format answers the transcript as plain text, with 200.
            if response.headers.get("content-type", "").startswith("text/plain"):
                return content.decode(errors="replace")
            # What follows an answer that was shorter than it said would be taken for the next.
            response.extensions["connection"].spoil()
            raise nonsense(engine, "it is not JSON") from None


def _refusal(response: httpx.Response) -> bytes:
    """The body of an answer that is no good one; its status says enough if that does not come."""
    told: list[bytes] = []
    with closing(response), suppress(httpx.HTTPError), within(REFUSAL_S):
        told.extend(_up_to(LARGEST_REFUSAL, response))
    return b"".join(told)


def _up_to(limit: int, response: httpx.Response) -> Iterator[bytes]:
    """The body piece by piece, ended where it is over the limit."""
    received = 0
    # Not iter_raw, which gives the connection back in the end.
    assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101 — all of ours are
    for piece in response.stream:
        yield piece
        received += len(piece)
        if received > limit:
            return
