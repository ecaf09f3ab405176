"""Request bodies: given a length, limited in size, and refused when they break off.

Django silently reads a body without Content-Length as an empty one; current Open WebUI uploads
without it. It reads a body that breaks off as a shorter one.
"""

import io
from collections.abc import Iterable, Iterator
from typing import Protocol
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.core.files.base import File
from django.http.request import UnreadablePostError

from audio import context
from audio.api import request_log
from audio.api.client_connection import ClientConnection
from audio.api.request_errors import UploadTooLarge
from audio.api.uploads.upload_room import UploadRoom

# With reads of a quarter of this size, a large body takes a fifth longer.
READ_SIZE = 1024 * 1024
FORM = "application/x-www-form-urlencoded"
# The names that the request log gives to clients without a key; the client `loopback` is this
# machine.
STRANGERS = (None, "anonymous")


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
        client = environ.get("spark_control.client")
        incoming = IncomingBody(client) if client else environ["wsgi.input"]
        body = UploadBody(incoming, int(declared) if declared else None)
        if is_chunked and environ.get("CONTENT_TYPE", "").startswith(FORM):
            body = _measured_form(body)
        body.is_stored = environ.get("CONTENT_TYPE", "").startswith("multipart/")
        # Django reads at most Content-Length bytes of a chunked body; `UploadBody` knows its end.
        length = limit_bytes() + 1 if body.declared is None else body.declared
        environ.update({"wsgi.input": body, "CONTENT_LENGTH": str(length)})
        return _Answer(self.application(environ, start_response), body)


def _measured_form(body: "UploadBody") -> "UploadBody":
    """Read a chunked form of texts to find its length, which Django checks before it reads."""
    try:
        text = body.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    except UnreadablePostError:
        # It is reported when Django reads the body.
        return UploadBody(io.BytesIO(), 1)
    return UploadBody(io.BytesIO(text), len(text))


class ByteSource(Protocol):
    """What a body is read from."""

    def read1(self, size: int, /) -> bytes:
        """Return at most `size` bytes, as soon as there are any; none at the end."""


class IncomingBody:
    """The bytes of a body as they arrive from the client, which must not be slow without a key."""

    def __init__(self, client: ClientConnection) -> None:
        self._client = client

    def read1(self, size: int, /) -> bytes:
        """Return the bytes that have arrived, at most `size`; wait for the first one.

        Raises
        ------
        OSError
        """
        patience_s: float = settings.CLIENT_TIMEOUT_S
        if context.key_name() in STRANGERS:
            patience_s = min(patience_s, self._client.seconds_left())
        if patience_s <= 0:
            raise TimeoutError("the body arrives too slowly")
        return self._client.read_available(size, patience_s)


class UploadBody:
    """A request body that counts its bytes, and raises when it is too large or breaks off."""

    def __init__(self, incoming: ByteSource, declared: int | None) -> None:
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
        try:
            part = self.incoming.read1(min(limit, READ_SIZE))
        except OSError as error:
            raise UnreadablePostError(*error.args) from error
        if not part and self.received < (self.declared or 0):
            raise UnreadablePostError("the body broke off")
        return self._count(part)

    def readline(self, size: int = -1) -> bytes:
        """Return a line, of `size` bytes at most."""
        line = io.BytesIO()
        while size and (byte := self.read_available(1)):
            line.write(byte)
            size -= 1
            if byte == b"\n":
                break
        return line.getvalue()

    def close_files(self) -> None:
        """Close the files of the body, which deletes them.

        Django closes them only when it has parsed the whole body.
        """
        for file in self.files:
            file.close()
        self.room.release()

    def _count(self, part: bytes) -> bytes:
        self.received += len(part)
        request_log.note_bytes_in(len(part))
        if self.received > limit_bytes():
            raise UploadTooLarge(limit_bytes())
        return part


class _Answer:
    """An answer that closes the files of its request at its end."""

    def __init__(self, answer: Iterable[bytes], body: UploadBody) -> None:
        self.answer, self.body = answer, body

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.answer)

    def close(self) -> None:
        try:
            if close := getattr(self.answer, "close", None):
                close()
        finally:
            self.body.close_files()
