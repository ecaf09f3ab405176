"""Request bodies as they arrive: readable without a length, refused over the limit, told when cut.

Django takes a body without Content-Length for an empty one, and says nothing; current Open WebUI
uploads exactly so. A body that breaks off it takes for a short one.
"""

import io
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from tempfile import NamedTemporaryFile
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from gunicorn.http.errors import ParseException
from rest_framework.parsers import BaseParser, JSONParser

from audio.api import request_log
from audio.api.request_errors import UploadTooLarge
from audio.api.uploads.chunked_body import Incoming
from audio.media import temporary_files

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# In pieces of a quarter, a large body takes a fifth longer.
BLOCK = 1024 * 1024
FORM = "application/x-www-form-urlencoded"
# A server that closes with unread bytes in its buffer resets the connection, and many a client
# loses the answer. So what is left of a body is thrown away for a moment.
DRAIN_S = 2.0
# A body that does not say how long it is may fill the disk while it is read.
ROOM_EVERY = 16 * 1024 * 1024


def limit_bytes() -> int:
    """The largest request body."""
    mebibytes: int = settings.MAX_UPLOAD_MB
    return mebibytes * 1024 * 1024


class ReadableUploads:
    """The WSGI application behind which every body has a length, and none is over the limit."""

    def __init__(self, application: "WSGIApplication") -> None:
        self.application = application

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        declared = environ.get("CONTENT_LENGTH") or ""
        chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        if declared in ("", "0") and not chunked:
            return self.application(environ, start_response)
        if chunked and environ.get("CONTENT_TYPE", "").startswith(FORM):
            declared = _measured(environ)
        incoming = Incoming(environ["wsgi.input"], environ.get("gunicorn.socket"))
        body = UploadBody(incoming, int(declared) if declared else None)
        body.is_kept = environ.get("CONTENT_TYPE", "").startswith("multipart/")
        # Of a chunked body Django reads at most so much; `UploadBody` says where it ends.
        environ.update({"wsgi.input": body, "CONTENT_LENGTH": declared or str(limit_bytes() + 1)})
        return _Drained(self.application(environ, start_response), environ)


def _measured(environ: "WSGIEnvironment") -> str:
    """How long a chunked form of texts is: Django judges its size before it reads any of it."""
    text = environ["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    environ["wsgi.input"] = io.BytesIO(text)
    return str(len(text))


class UploadBody:
    """A request body that counts, refuses to grow over the limit, and tells when it broke off."""

    def __init__(self, incoming: Incoming, declared: int | None) -> None:
        self.incoming, self.declared, self.received = incoming, declared, 0
        # Whether files of it are written to disk, and how far there was room for them.
        self.is_kept, self.has_room_to = False, -1
        self.files: list[TemporaryUpload] = []

    def read(self, size: int = -1) -> bytes:
        """So much, or all that is left if that is less."""
        # Not a list: of a body that comes in crumbs it would take many times as much room.
        gathered = io.BytesIO()
        while size and (piece := self.piece(BLOCK if size < 0 else min(size, BLOCK))):
            gathered.write(piece)
            size -= len(piece) if size > 0 else 0
        return gathered.getvalue()

    def piece(self, most: int = BLOCK) -> bytes:
        """What has arrived, at most so much; nothing at the end.

        Raises
        ------
        UploadTooLarge, NoRoom
        UnreadablePostError
            When the body breaks off, or is malformed.
        """
        if self.declared is not None and self.declared > limit_bytes():
            raise UploadTooLarge(limit_bytes())
        self._demand_room()
        block = self.receive(most)
        if not block and self.received < (self.declared or 0):
            raise UnreadablePostError("the body broke off")
        return self._counted(block)

    def readline(self, size: int = -1) -> bytes:
        return self._counted(self.incoming.readline(size))

    def is_over(self) -> None:
        """Of an upload that broke off nobody else closes the file, and closing deletes it."""
        _arriving.discard(self)
        for file in self.files:
            file.close()

    def receive(self, most: int) -> bytes:
        """Read, whatever the limit."""
        try:
            return self.incoming.piece(most)
        except (OSError, ParseException) as error:
            raise UnreadablePostError(*error.args) from error

    def _demand_room(self) -> None:
        """At the start for all that is to come, of other bodies too; and now and then."""
        if not self.is_kept or self.received <= self.has_room_to:
            return
        _arriving.add(self)
        to_come = (max(0, (one.declared or 0) - one.received) for one in list(_arriving))
        temporary_files.check_room(sum(to_come))
        self.has_room_to = self.received + ROOM_EVERY

    def _counted(self, block: bytes) -> bytes:
        self.received += len(block)
        request_log.note_bytes_in(len(block))
        if self.received > limit_bytes():
            raise UploadTooLarge(limit_bytes())
        return block


class _Drained:
    """An answer after which what still arrives of the request is thrown away for a moment."""

    def __init__(self, answer: Iterable[bytes], environ: "WSGIEnvironment") -> None:
        self.answer, self.environ = answer, environ

    def __iter__(self) -> Iterator[bytes]:
        yield from self.answer

    def close(self) -> None:
        body: UploadBody = self.environ["wsgi.input"]
        try:
            if close := getattr(self.answer, "close", None):
                close()
        finally:
            body.is_over()
        if connection := self.environ.get("gunicorn.socket"):
            connection.settimeout(DRAIN_S)
        until = time.monotonic() + DRAIN_S
        with suppress(OSError):
            while time.monotonic() < until and body.receive(BLOCK):
                pass


# Uploads under way: of what they have declared, some is still to come.
_arriving: set[UploadBody] = set()


class TemporaryUpload(TemporaryUploadedFile):
    """An upload in the folder of this process."""

    def __init__(
        self,
        name: str | None,
        content_type: str | None,
        size: int | None,
        charset: str | None,
        content_type_extra: dict[str, bytes] | None = None,
    ) -> None:
        suffix = f".upload{os.path.splitext(name or '')[1]}"
        # Without a buffer, which would only be one more copy of what comes in large pieces.
        file = NamedTemporaryFile(suffix=suffix, dir=temporary_files.folder(), buffering=0)  # noqa: SIM115
        UploadedFile.__init__(self, file, name, content_type, size, charset, content_type_extra)

    def write(self, piece: bytes | bytearray) -> None:  # type: ignore[override]
        """Write all of it, or say why not."""
        assert self.file is not None  # noqa: S101 — it is open until the request is over
        left = memoryview(piece)
        while left:
            left = left[self.file.write(left) :]


class OnDisk(TemporaryFileUploadHandler):
    """Writes each file of a form of the admin to disk as it comes."""

    def new_file(self, *args: Any, **options: Any) -> None:
        # Not Django's own: it would make its file elsewhere.
        FileUploadHandler.new_file(self, *args, **options)
        self.file = TemporaryUpload(
            self.file_name, self.content_type, 0, self.charset, self.content_type_extra
        )
        if self.request:
            closed_with(self.request.META, self.file)


def closed_with(environ: Mapping[str, object], file: TemporaryUpload) -> None:
    """Have a file closed, and so deleted, when the request is over, however that ends."""
    body = environ.get("wsgi.input")
    if isinstance(body, UploadBody):
        body.files.append(file)


class BoundedJsonParser(BaseParser):
    """JSON is held in memory whole, so it may be no larger than the form fields of an upload.

    No subclass of JSONParser: to those Django REST framework gives the body read whole, which
    Django refuses when uploads may be larger than JSON and the body is chunked.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        return JSONParser().parse(_Bounded(stream), media_type, parser_context)  # type: ignore[arg-type]


class _Bounded:
    def __init__(self, stream: IO[bytes] | HttpRequest) -> None:
        self.stream, self.received = stream, 0

    def read(self, size: int = -1) -> bytes:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        block = self.stream.read(limit + 1 if size < 0 else size)
        self.received += len(block)
        if self.received > limit:
            raise RequestDataTooBig(f"JSON of more than {limit} bytes")
        return block
