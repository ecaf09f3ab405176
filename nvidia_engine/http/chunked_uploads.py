"""Uploads with chunked transfer encoding, which Django reads as empty.

Django reads as many bytes as Content-Length says, and such a request has none.
"""

import tempfile
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

READ_BYTES = 1 << 20
# Larger bodies wait on disk.
IN_MEMORY_BYTES = 1 << 20


class Readable(Protocol):
    """The input of a WSGI server."""

    def read(self, size: int, /) -> bytes: ...


class ChunkedBodies:
    """WSGI wrapper that writes a chunked body to disk and says how long it is."""

    def __init__(self, application: "WSGIApplication", limit: int, folder: str | None) -> None:
        self._application = application
        self._limit, self._folder = limit, folder

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        if not chunked or environ.get("CONTENT_LENGTH"):
            return self._application(environ, start_response)
        # Views read the body before they answer, so it need not outlive this call.
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES, dir=self._folder) as body:
            length = copy(environ["wsgi.input"], body, self._limit)
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = body, str(length)
            return self._application(environ, start_response)


def copy(source: Readable, target: IO[bytes], limit: int) -> int:
    """Copy to the end, or until the limit is exceeded; rewind and give the length."""
    while target.tell() <= limit and (block := source.read(READ_BYTES)):
        target.write(block)
    length = target.tell()
    target.seek(0)
    return length
