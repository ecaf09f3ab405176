"""Parsers of request bodies: multipart forms with their files on disk, and JSON of limited size.

The multipart parser replaces Django's own, which examines every part of a file several times.
"""

import codecs
from collections.abc import Mapping
from functools import partial
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.http import parse_header_parameters
from multipart import MultipartError, MultipartSegment, PushMultipartParser
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles, JSONParser

from audio.api.uploads.request_body import READ_SIZE, UploadBody
from audio.api.uploads.uploaded_files import TemporaryUpload, close_with_request

MAX_HEADER_BYTES = 16 * 1024
MAX_HEADERS = 16


class MultipartForm(BaseParser):
    """`multipart/form-data`, with Django's limits on texts, fields and files."""

    media_type = "multipart/form-data"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> "DataAndFiles[Any, Any]":
        environ = (parser_context or {})["request"].META
        body = environ["wsgi.input"]
        read = (
            body.read_available
            if isinstance(body, UploadBody)
            else partial(stream.read, READ_SIZE)
        )
        form = _Form(environ)
        try:
            with _segment_parser(media_type or "") as parser:
                while not parser.closed:
                    for event in parser.parse(read()):
                        form.add(event)
        except MultipartError as error:
            raise ParseError(f"The multipart form is malformed: {error}.") from error
        return DataAndFiles(form.texts, form.files)


def _segment_parser(media_type: str) -> PushMultipartParser:
    _, parameters = parse_header_parameters(media_type)
    boundary = parameters.get("boundary")
    if not boundary or not boundary.isascii():
        raise ParseError("The multipart form is malformed: Content-Type names no boundary.")
    return PushMultipartParser(
        boundary, max_header_size=MAX_HEADER_BYTES, max_header_count=MAX_HEADERS
    )


def _filename(part: MultipartSegment) -> str | None:
    """Return the file name, also in the form filename*=utf-8''… that older clients send."""
    if "filename*" not in (disposition := part["Content-Disposition"]):
        plain: str | None = part.filename
        return plain
    _, parameters = parse_header_parameters(disposition)
    filename: str | None = parameters.get("filename")
    return filename


def _decoded(text: bytearray) -> str:
    """Return a text in UTF-8, or in UTF-16 with its byte order mark, as exported files have it."""
    is_utf_16 = text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return text.decode("utf-16" if is_utf_16 else "utf-8", errors="replace")


class _Form:
    """The texts and files of a form that have arrived."""

    def __init__(self, environ: Mapping[str, object]) -> None:
        self.texts = QueryDict(mutable=True)
        self.files: MultiValueDict[str, TemporaryUpload] = MultiValueDict()
        self._environ = environ
        self._text_bytes_left = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        self._field_count = self._file_count = 0
        self._name = ""
        self._text: bytearray | None = None
        self._file: TemporaryUpload | None = None

    def add(self, event: MultipartSegment | bytes | bytearray | None) -> None:
        """Add the beginning of a part, some of its content, or its end (None)."""
        if isinstance(event, MultipartSegment):
            self._begin(event)
        elif event is None:
            self._end()
        elif self._file:
            self._file.write(event)
        elif self._text is not None:
            self._count_text(len(event))
            self._text += event

    def _begin(self, part: MultipartSegment) -> None:
        self._name, filename = part.name or "", _filename(part)
        if part.header("Content-Transfer-Encoding", "").lower() in ("base64", "quoted-printable"):
            raise ParseError(
                f"{self._name[:80]}: expected its bytes, without a transfer encoding."
            )
        if filename is None:
            self._begin_text()
        elif filename:
            self._begin_file(filename, part)

    def _begin_text(self) -> None:
        self._field_count += 1
        if self._field_count > settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:
            raise TooManyFieldsSent
        self._count_text(len(self._name))
        self._text = bytearray()

    def _begin_file(self, filename: str, part: MultipartSegment) -> None:
        self._file_count += 1
        if self._file_count > settings.DATA_UPLOAD_MAX_NUMBER_FILES:
            raise TooManyFilesSent
        self._file = TemporaryUpload(filename, part.content_type, 0, part.charset)
        close_with_request(self._environ, self._file)

    def _end(self) -> None:
        if self._file:
            self._file.size = self._file.tell()
            self._file.seek(0)
            self.files.appendlist(self._name, self._file)
        elif self._text is not None:
            self.texts.appendlist(self._name, _decoded(self._text))
        self._file, self._text = None, None

    def _count_text(self, length: int) -> None:
        self._text_bytes_left -= length
        if self._text_bytes_left < 0:
            raise RequestDataTooBig("the texts of a form are too long")


class LimitedJson(BaseParser):
    """JSON, which is held in memory whole, no larger than the form fields of an upload.

    It is not a subclass of JSONParser: Django REST framework gives those the whole body, which
    Django refuses to read when it is chunked and uploads may be larger than JSON.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        return JSONParser().parse(_LimitedStream(stream), media_type, parser_context)  # type: ignore[arg-type]


class _LimitedStream:
    def __init__(self, stream: IO[bytes] | HttpRequest) -> None:
        self.stream, self.received = stream, 0

    def read(self, size: int = -1) -> bytes:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        content = self.stream.read(limit + 1 if size < 0 else size)
        self.received += len(content)
        if self.received > limit:
            raise RequestDataTooBig(f"JSON of more than {limit} bytes")
        return content
