"""The reading of an engine's answers: JSON, refusals and their reasons, all within limits."""

import json
import math
import re
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import orjson

from audio.engines.availability import remedy
from audio.engines.failures import (
    EngineFailed,
    EngineRefused,
    bad_answer,
    of_foreign_engine,
    timed_out,
    unreachable,
)
from audio.engines.http.deadlines import within

MAX_REASON_CHARACTERS = 500
MAX_RETRY_AFTER_S = 60
# Hosted engines count requests by the hour.
MAX_FOREIGN_RETRY_AFTER_S = 3600


def read_reason(content: bytes) -> tuple[str, str | None]:
    """Find an engine's own reason in any known shape of error, and the field it is about."""
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
        # whisper.cpp's while it loads has a status alone.
        body = body.get("message", body.get("status"))
    field = param if param and _FIELD.fullmatch(param) else None
    return _clean(body) if isinstance(body, str) else "", field


def _read_kind(content: bytes) -> str:
    """Return the type of an error in OpenAI's shape; empty for any other."""
    with suppress(ValueError, RecursionError):
        body = json.loads(content)
        error = body.get("error") if isinstance(body, dict) else None
        kind = error.get("type") if isinstance(error, dict) else None
        return kind if isinstance(kind, str) else ""
    return ""


_INTERNAL = re.compile(
    r"""
      \w+://\S+                                              # addresses
    | \b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b                   # IPv4
    | \[?(?:[0-9a-f]{0,4}:){2,}[0-9a-f]{0,4}\]?(?::\d+)?      # IPv6
    | \b(?=[\w.-]*[a-z])[\w-]+(?:\.[\w-]+)*:\d{2,5}\b          # hosts with a port
    | \b(?:localhost|[\w-]+(?:\.[\w-]+)*\.(?:internal|local|lan|svc|cluster))\b
    | [a-z]:\\\S+                                            # Windows paths
    | (?<![\w.])~?/(?!v1/|api/)[\w.-]+(?:/[\w.-]*)*          # absolute paths
    | \b[\w.-]+(?:/[\w.-]+)+\.\w{1,8}\b                     # relative paths to a file
    | \bbearer\s+\S+ | \b(?:sk|key|token|hf)[-_]\S+         # keys
    | \b(?=\w*\d)(?=\w*[a-z])\w{24,}\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NOT_A_SENTENCE = re.compile(
    r"traceback \(most recent|<!doctype|</?[a-z][^>]*>|\bfile .{1,200}, line \d+", re.IGNORECASE
)
_FIELD = re.compile(r"[A-Za-z_][\w.\[\]]{0,60}")


def _clean(text: str) -> str:
    """Remove from an engine's text what no client may read: address, path, key, stack trace."""
    line = " ".join(text[: 4 * MAX_REASON_CHARACTERS].split())
    return "" if _NOT_A_SENTENCE.search(line) else _INTERNAL.sub("…", line)[:MAX_REASON_CHARACTERS]


def read_retry_after(response: httpx.Response, longest_s: int = MAX_RETRY_AFTER_S) -> int | None:
    """Read how many seconds an engine asks to wait: at most `longest_s`, whatever it asks for."""
    given = response.headers.get("retry-after", "")
    if given.isdecimal():
        return min(int(given[:9]), longest_s)
    try:
        until = parsedate_to_datetime(given)
    except ValueError:
        return None
    left = until - datetime.now(until.tzinfo and UTC)
    return min(max(0, math.ceil(left.total_seconds())), longest_s)


# The words of a day's recording take a tenth of this, and a reason is a sentence.
MAX_ANSWER_BYTES = 32 * 1024 * 1024
MAX_REFUSAL_BYTES = 64 * 1024
REFUSAL_S = 2.0
_FOREIGN_REFUSALS = (httpx.codes.NOT_IMPLEMENTED, httpx.codes.SERVICE_UNAVAILABLE)
# About the gateway's key in every dialect: a client would take them for its own key.
_KEY_REFUSALS = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)


def check(response: httpx.Response, engine: str, url: str, *, is_foreign: bool = False) -> None:
    """Raise what an answer with any status but 200 means.

    `is_foreign`: the engine was written by others, and its refusals are read as theirs.

    Raises
    ------
    EngineError
    """
    status = response.status_code
    if status == httpx.codes.OK:
        return
    refusal = read_refusal(response)
    reason, param = read_reason(refusal)
    if status == httpx.codes.INTERNAL_SERVER_ERROR:
        raise EngineFailed(
            f"A transient error in the {engine} engine; {remedy(engine, url)}. "
            "Try again in about 60 s.",
            reason,
            _read_kind(refusal),
        )
    is_read_as_theirs = is_foreign and (400 <= status < 500 or status in _FOREIGN_REFUSALS)
    if is_read_as_theirs or status in _KEY_REFUSALS:
        message = reason or f"The {engine} engine refused the request."
        retry_after = read_retry_after(response, MAX_FOREIGN_RETRY_AFTER_S)
        refused = EngineRefused(status, message, param, retry_after)
        raise of_foreign_engine(engine, refused)
    if 400 <= status < 500 or status == httpx.codes.SERVICE_UNAVAILABLE:
        message = reason or f"The {engine} engine refused the request."
        raise EngineRefused(status, message, param, read_retry_after(response))
    # A proxy in front of the engine answers these when it cannot reach it, or waited too long.
    if status == httpx.codes.BAD_GATEWAY:
        raise unreachable(engine)
    if status == httpx.codes.GATEWAY_TIMEOUT:
        raise timed_out(engine)
    raise bad_answer(engine, f"its status is {status}")


def read_json(response: httpx.Response, engine: str, *, is_foreign: bool = False) -> object:
    """Read a good answer to its end; NaN of a foreign engine becomes the text "NaN".

    Raises
    ------
    EngineNonsense
    """
    with closing(response):
        content = b"".join(_up_to(MAX_ANSWER_BYTES, response))
        if len(content) > MAX_ANSWER_BYTES:
            raise bad_answer(engine, "it is too long")
        try:
            # orjson is strict: it refuses NaN, and half a surrogate pair, which has no encoding.
            return _loads(content, is_foreign)
        except orjson.JSONDecodeError:
            # A server with only one format answers 200 with the transcript as plain text.
            if response.headers.get("content-type", "").startswith("text/plain"):
                return content.decode(errors="replace")
            # The rest of an answer longer than announced would be read as the next answer.
            response.extensions["network_stream"].close()
            raise bad_answer(engine, "it is not JSON") from None


# A string, which is kept as it is, or a number that Python writes and JSON does not have.
_NOT_JSON = re.compile(rb'("(?:[^"\\]|\\.)*")|-?\b(?:NaN|Infinity)\b')


def _loads(content: bytes, is_foreign: bool) -> object:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        if not is_foreign or not (b"NaN" in content or b"Infinity" in content):
            raise
    # A number that no reader uses does no harm; as a text it is refused where one reads it.
    return orjson.loads(_NOT_JSON.sub(lambda found: found[1] or b'"NaN"', content))


def read_refusal(response: httpx.Response) -> bytes:
    """Read the body of a refusal, as far as it arrives in time: the status alone is enough."""
    received: list[bytes] = []
    with closing(response), suppress(httpx.HTTPError), within(REFUSAL_S):
        received.extend(_up_to(MAX_REFUSAL_BYTES, response))
    return b"".join(received)


def _up_to(limit: int, response: httpx.Response) -> Iterator[bytes]:
    """Yield the body block by block, up to the first block past the limit."""
    received = 0
    # Not iter_raw, which gives the connection back at the end of the body.
    assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101 — EngineConnections makes no other
    for block in response.stream:
        yield block
        received += len(block)
        if received > limit:
            return
