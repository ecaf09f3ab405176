"""What goes to an engine: a recording, as the file of a form, and what every request says."""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from audio import context

# Few enough steps, and still in the processor's cache between reading and sending.
BLOCK = 1024 * 1024
# Stands for the recording while httpx writes the form around it; nobody can guess it.
_RECORDING = secrets.token_bytes(32)


def headers() -> dict[str, str]:
    """What every request to an engine says.

    Its trace, so that an engine's log can be laid beside ours; and that the answer be not
    compressed, because audio goes on to the client as it comes.
    """
    return {"accept": "*/*", "accept-encoding": "identity", **context.trace_headers()}


@contextmanager
def form_with(
    path: Path, name: str, fields: Mapping[str, object], url: httpx.URL
) -> Iterator[httpx.Request]:
    """A POST of a form with a recording, which is read from disk as it is sent.

    As long as it was at the beginning of the block: one that is still being written would be
    longer than its announced length.
    """
    files = {"file": (name, _RECORDING)}
    request = httpx.Request("POST", url, headers=headers(), data=dict(fields), files=files)
    before, _, after = request.read().partition(_RECORDING)
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        request.headers["content-length"] = str(len(before) + size + len(after))
        request.stream = _Form(before, _blocks(file.fileno(), size), after)
        yield request


class _Form(httpx.SyncByteStream):
    """A form of one file; a piece is good until the next is asked for."""

    def __init__(self, before: bytes, blocks: Iterator[memoryview], after: bytes) -> None:
        self._before, self._blocks, self._after = before, blocks, after

    def __iter__(self) -> Iterator[bytes]:
        yield self._before
        yield from self._blocks  # type: ignore[misc]
        yield self._after


def _blocks(file: int, size: int) -> Iterator[memoryview]:
    buffer = memoryview(bytearray(min(size, BLOCK)))
    while size:
        read = os.readv(file, [buffer[:size]])
        if not read:
            raise OSError("the recording was cut while it was read")
        size -= read
        yield buffer[:read]
