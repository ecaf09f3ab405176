"""What does an engine's answer say, or why is it none?"""

from collections.abc import Iterator
from contextlib import closing, suppress

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
from audio.engines.reasons import read_reason, read_retry_after
from audio.engines.restarting import remedy

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
