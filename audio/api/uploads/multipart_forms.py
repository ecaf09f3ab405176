"""Multipart forms as they arrive: texts in memory, files on disk.

In place of Django's own parser, which looks at every piece of a file several times.
"""

from collections.abc import Mapping
from functools import partial
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.http import parse_header_parameters
from multipart import MultipartError, MultipartSegment, PushMultipartParser
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles

from audio.api.uploads.request_body import BLOCK, TemporaryUpload, UploadBody, closed_with

LONGEST_HEADER = 16 * 1024
MOST_HEADERS = 16


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
        arriving = body.piece if isinstance(body, UploadBody) else partial(stream.read, BLOCK)
        form = _Form(environ)
        try:
            with _parser(media_type or "") as parser:
                while not parser.closed:
                    for event in parser.parse(arriving()):
                        form.take(event)
        except MultipartError as error:
            raise ParseError(f"The multipart form is malformed: {error}.") from error
        return DataAndFiles(form.texts, form.files)


def _parser(media_type: str) -> PushMultipartParser:
    _, parameters = parse_header_parameters(media_type)
    boundary = parameters.get("boundary")
    if not boundary or not boundary.isascii():
        raise ParseError("The multipart form is malformed: Content-Type names no boundary.")
    return PushMultipartParser(
        boundary, max_header_size=LONGEST_HEADER, max_header_count=MOST_HEADERS
    )


def _filename(part: MultipartSegment) -> str | None:
    """Also where it is spelt as older clients spell what is not ASCII: filename*=utf-8''…"""
    if "filename*" not in (disposition := part["Content-Disposition"]):
        plain: str | None = part.filename
        return plain
    _, told = parse_header_parameters(disposition)
    filename: str | None = told.get("filename")
    return filename


class _Form:
    """What has arrived of a form."""

    def __init__(self, environ: Mapping[str, object]) -> None:
        self.texts = QueryDict(mutable=True)
        self.files: MultiValueDict[str, TemporaryUpload] = MultiValueDict()
        self._environ = environ
        self._room = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        self._fields = self._files = 0
        self._name = ""
        self._text: bytearray | None = None
        self._file: TemporaryUpload | None = None

    def take(self, event: MultipartSegment | bytes | bytearray | None) -> None:
        """Take the beginning of a part, a piece of what it holds, or None, its end."""
        if isinstance(event, MultipartSegment):
            self._begin(event)
        elif event is None:
            self._end()
        elif self._file:
            self._file.write(event)
        elif self._text is not None:
            self._demand(len(event))
            self._text += event

    def _begin(self, part: MultipartSegment) -> None:
        self._name, filename = part.name or "", _filename(part)
        if part.header("Content-Transfer-Encoding", "").lower() in ("base64", "quoted-printable"):
            raise ParseError(f"{self._name}: expected its bytes, without a transfer encoding.")
        if filename is None:
            self._begin_text()
        elif filename:
            self._begin_file(filename, part)

    def _begin_text(self) -> None:
        self._fields += 1
        if self._fields > settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:
            raise TooManyFieldsSent
        self._demand(len(self._name))
        self._text = bytearray()

    def _begin_file(self, filename: str, part: MultipartSegment) -> None:
        self._files += 1
        if self._files > settings.DATA_UPLOAD_MAX_NUMBER_FILES:
            raise TooManyFilesSent
        self._file = TemporaryUpload(filename, part.content_type, 0, part.charset)
        closed_with(self._environ, self._file)

    def _end(self) -> None:
        if self._file:
            self._file.size = self._file.tell()
            self._file.seek(0)
            self.files.appendlist(self._name, self._file)
        elif self._text is not None:
            self.texts.appendlist(self._name, self._text.decode(errors="replace"))
        self._file, self._text = None, None

    def _demand(self, room: int) -> None:
        self._room -= room
        if self._room < 0:
            raise RequestDataTooBig("the texts of a form are too long")
