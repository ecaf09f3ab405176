"""Request bodies: given a length, limited in size, and refused when they break off.

Django silently reads a body without Content-Length as an empty one; current Open WebUI uploads
without it. It reads a body that breaks off as a shorter one.
"""

import io
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from socket import socket
from typing import IO, Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.core.files.base import File
from django.http.request import UnreadablePostError
from gunicorn.http.body import Body, LengthReader
from gunicorn.http.errors import ParseException

from audio.api import request_log
from audio.api.request_errors import UploadTooLarge
from audio.api.uploads.upload_room import UploadRoom

# With reads of a quarter of this size, a large body takes a fifth longer.
READ_SIZE = 1024 * 1024
FORM = "application/x-www-form-urlencoded"
# A server that closes with unread bytes in its buffer resets the connection, and many clients then
# lose the answer. So the rest of a body is read and discarded for this time.
DRAIN_S = 2.0


def limit_bytes() -> int:
    """Return the size of the largest request body."""
    mebibytes: int = settings.MAX_UPLOAD_MB
    return mebibytes * 1024 * 1024


class LimitedBodies:
    """The WSGI application that gives every body a length and holds it to the size limit."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        declared = environ.get("CONTENT_LENGTH") or ""
        is_chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        if declared in ("", "0") and not is_chunked:
            return self.application(environ, start_response)
        if is_chunked and environ.get("CONTENT_TYPE", "").startswith(FORM):
            declared = _measure_form(environ)
        incoming = IncomingBody(environ["wsgi.input"], environ.get("gunicorn.socket"))
        body = UploadBody(incoming, int(declared) if declared else None)
        body.is_stored = environ.get("CONTENT_TYPE", "").startswith("multipart/")
        # Django reads at most Content-Length bytes of a chunked body; `UploadBody` knows its end.
        environ.update({"wsgi.input": body, "CONTENT_LENGTH": declared or str(limit_bytes() + 1)})
        return _DrainedAnswer(self.application(environ, start_response), environ)


def _measure_form(environ: WSGIEnvironment) -> str:
    """Read a chunked form of texts to find its length, which Django checks before it reads."""
    text = environ["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    environ["wsgi.input"] = io.BytesIO(text)
    return str(len(text))


class IncomingBody:
    """The bytes of a body, read straight from its connection where its length is declared.

    `stream` is gunicorn's `wsgi.input`, which reads ahead and copies the bytes several times.
    """

    def __init__(self, stream: IO[bytes], connection: socket | None) -> None:
        self._stream: Any = stream
        is_plain = isinstance(stream, Body) and isinstance(stream.reader, LengthReader)
        self._connection = connection if is_plain else None

    def read_available(self, limit: int) -> bytes:
        """Return the bytes that have arrived, at most `limit`; wait for the first one.

        The result is empty at the end of the body.

        Raises
        ------
        OSError, gunicorn.http.errors.ParseException
        """
        # An earlier `readline` may have left bytes in the buffer.
        if self._connection is None or self._stream.buf.tell():
            buffered: bytes = self._stream.read(limit)
            return buffered
        return self._read_connection(self._connection, limit)

    def readline(self, size: int) -> bytes:
        line: bytes = self._stream.readline(size)
        return line

    def _read_connection(self, connection: socket, limit: int) -> bytes:
        reader = self._stream.reader
        limit = min(limit, reader.length)
        if not limit:
            return b""
        try:
            received: bytes = reader.unreader.take_buffered() or connection.recv(limit)
        except OSError:
            # As gunicorn does: the start of the next request is unknown.
            self._stream.failed = True
            raise
        if len(received) > limit:
            reader.unreader.unread(received[limit:])
            received = received[:limit]
        reader.length -= len(received)
        return received


class UploadBody:
    """A request body that counts its bytes, and raises when it is too large or breaks off."""

    def __init__(self, incoming: IncomingBody, declared: int | None) -> None:
        self.incoming, self.declared, self.received = incoming, declared, 0
        # Whether files of the body go to disk, where they need room.
        self.is_stored, self.room = False, UploadRoom()
        self.files: list[File[bytes]] = []

    def read(self, size: int = -1) -> bytes:
        """Return `size` bytes, or all that are left if these are fewer."""
        # Not a list: for a body that arrives in tiny parts it would take many times the memory.
        whole = io.BytesIO()
        while size and (part := self.read_available(READ_SIZE if size < 0 else size)):
            whole.write(part)
            size -= len(part) if size > 0 else 0
        return whole.getvalue()

    def read_available(self, limit: int = READ_SIZE) -> bytes:
        """Return the bytes that have arrived, at most `limit`; none at the end.

        Raises
        ------
        UploadTooLarge, NoRoom
        UnreadablePostError
            When the body breaks off, or is malformed.
        """
        if self.declared is not None and self.declared > limit_bytes():
            raise UploadTooLarge(limit_bytes())
        if self.is_stored:
            self.room.extend(self.received, self.declared)
        part = self.read_unlimited(min(limit, READ_SIZE))
        if not part and self.received < (self.declared or 0):
            raise UnreadablePostError("the body broke off")
        return self._count(part)

    def readline(self, size: int = -1) -> bytes:
        return self._count(self.incoming.readline(size))

    def close_files(self) -> None:
        """Close the files of the body, which deletes them.

        Django closes them only when it has parsed the whole body.
        """
        for file in self.files:
            file.close()
        self.room.release()

    def read_unlimited(self, limit: int) -> bytes:
        """Return the bytes that have arrived, at most `limit`, of a body of any size."""
        try:
            return self.incoming.read_available(limit)
        except (OSError, ParseException) as error:
            raise UnreadablePostError(*error.args) from error

    def _count(self, part: bytes) -> bytes:
        self.received += len(part)
        request_log.note_bytes_in(len(part))
        if self.received > limit_bytes():
            raise UploadTooLarge(limit_bytes())
        return part


class _DrainedAnswer:
    """An answer after which the rest of the request is discarded for a moment."""

    def __init__(self, answer: Iterable[bytes], environ: WSGIEnvironment) -> None:
        self.answer, self.environ = answer, environ

    def __iter__(self) -> Iterator[bytes]:
        yield from self.answer

    def close(self) -> None:
        body: UploadBody = self.environ["wsgi.input"]
        try:
            if close := getattr(self.answer, "close", None):
                close()
        finally:
            body.close_files()
        if connection := self.environ.get("gunicorn.socket"):
            connection.settimeout(DRAIN_S)
        deadline = time.monotonic() + DRAIN_S
        with suppress(OSError):
            while time.monotonic() < deadline and body.read_unlimited(READ_SIZE):
                pass
