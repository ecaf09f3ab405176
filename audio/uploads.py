"""Request bodies as they arrive: chunked ones made readable, oversized ones refused unread.

Django takes a body without Content-Length for an empty one, and says nothing; current Open WebUI
uploads exactly so.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from audio import errors

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BLOCK = 1024 * 1024
IN_MEMORY = 1024 * 1024
# A server that closes with unread bytes in its buffer resets the connection, and many a client
# loses the answer. So a refused body is thrown away for a moment: long enough for a client that
# reads while it writes.
DRAIN_S = 2.0

_TOO_LARGE = "spark.upload_too_large"


def limit_bytes() -> int:
    """The largest request body."""
    megabytes: int = settings.MAX_UPLOAD_MB
    return megabytes * 1024 * 1024


class ReadableUploads:
    """The WSGI application behind which every body has a length, and none is over the limit."""

    def __init__(self, application: "WSGIApplication") -> None:
        self.application = application

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        if length and int(length) > limit_bytes():
            return self._refused(environ, start_response)
        if length or "chunked" not in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
            return self.application(environ, start_response)
        with SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
            if not _spool(environ["wsgi.input"], spool):
                return self._refused(environ, start_response)
            environ.update({"wsgi.input": spool, "CONTENT_LENGTH": str(spool.tell())})
            spool.seek(0)
            return self.application(environ, start_response)

    def _refused(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        environ[_TOO_LARGE] = True
        return _Drained(self.application(environ, start_response), environ["wsgi.input"])


def _spool(body: IO[bytes], spool: "SpooledTemporaryFile[bytes]") -> bool:
    """Copy a body of unknown length; False when it grew over the limit."""
    while block := body.read(BLOCK):
        spool.write(block)
        if spool.tell() > limit_bytes():
            return False
    return True


class _Drained:
    """An answer after which what is still arriving of the request is thrown away for a moment."""

    def __init__(self, answer: Iterable[bytes], body: IO[bytes]) -> None:
        self.answer, self.body = answer, body

    def __iter__(self) -> Iterator[bytes]:
        yield from self.answer

    def close(self) -> None:
        if close := getattr(self.answer, "close", None):
            close()
        until = time.monotonic() + DRAIN_S
        while time.monotonic() < until and self.body.read(BLOCK):
            pass


class RefuseLargeUploads:
    """Middleware: answers for `ReadableUploads`, so that this refusal looks like every other."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.META.get(_TOO_LARGE):
            return errors.upload_too_large(limit_bytes())
        return self.get_response(request)
