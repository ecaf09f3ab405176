"""Requests to engines: a recording as the file of a form, and the headers of every request."""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from audio import context

# Few steps, and the block is still in the processor's cache between reading and sending.
BLOCK_BYTES = 1024 * 1024
# A placeholder for the recording while httpx writes the form around it; it cannot be guessed.
_RECORDING = secrets.token_bytes(32)


def headers(authorization: str = "") -> dict[str, str]:
    """Return the headers of every request to an engine.

    They name the trace, so that an engine's log can be compared with the gateway's, and they ask
    for no compression, because audio goes on to the client as it comes.
    """
    known = {"authorization": authorization} if authorization else {}
    return {"accept": "*/*", "accept-encoding": "identity", **known, **context.trace_headers()}


@contextmanager
def form_with(
    path: Path,
    name: str,
    fields: Mapping[str, object],
    url: httpx.URL,
    *,
    field: str = "file",
    authorization: str = "",
) -> Iterator[httpx.Request]:
    """Build a POST of a form with a recording in `field`, read from disk while it is sent.

    Sends as many bytes as the file has at the beginning of the block: a file that is still being
    written would be longer than its announced length.
    """
    files = {field: (name, _RECORDING)}
    sent = headers(authorization)
    request = httpx.Request("POST", url, headers=sent, data=dict(fields), files=files)
    before, _, after = request.read().partition(_RECORDING)
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        request.headers["content-length"] = str(len(before) + size + len(after))
        request.stream = _Form(before, _blocks(file.fileno(), size), after)
        yield request


class _Form(httpx.SyncByteStream):
    """A form of one file; each block is valid until the next is read."""

    def __init__(self, before: bytes, blocks: Iterator[memoryview], after: bytes) -> None:
        self._before, self._blocks, self._after = before, blocks, after

    def __iter__(self) -> Iterator[bytes]:
        yield self._before
        yield from self._blocks  # type: ignore[misc]
        yield self._after


def _blocks(file: int, size: int) -> Iterator[memoryview]:
    buffer = memoryview(bytearray(min(size, BLOCK_BYTES)))
    while size:
        read = os.readv(file, [buffer[:size]])
        if not read:
            raise OSError("the recording was cut while it was read")
        size -= read
        yield buffer[:read]
