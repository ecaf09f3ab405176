"""Uploaded files: each is written to disk as it arrives, in the folder of this process."""

from collections.abc import Mapping
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler

from audio.api.uploads.request_body import UploadBody
from audio.media import temporary_files
from audio.media.recording import suffix_of


class TemporaryUpload(TemporaryUploadedFile):
    """An upload in the temporary folder of this process."""

    def __init__(
        self,
        name: str | None,
        content_type: str | None,
        size: int | None,
        charset: str | None,
        content_type_extra: dict[str, bytes] | None = None,
    ) -> None:
        suffix = f".upload{suffix_of(name or '')}"
        # Without a buffer, which would only add a copy: the bytes arrive in large parts.
        file = NamedTemporaryFile(suffix=suffix, dir=temporary_files.folder(), buffering=0)  # noqa: SIM115
        UploadedFile.__init__(self, file, name, content_type, size, charset, content_type_extra)

    def write(self, content: bytes | bytearray) -> None:  # type: ignore[override]
        """Write all of the content, or raise."""
        assert self.file is not None  # noqa: S101 — it is open until the request is over
        left = memoryview(content)
        while left:
            left = left[self.file.write(left) :]


class DiskUploadHandler(TemporaryFileUploadHandler):
    """Writes each file of an admin form to disk as it arrives."""

    def new_file(self, *args: Any, **options: Any) -> None:
        # Not the method of the base class, which would create its file in another folder.
        FileUploadHandler.new_file(self, *args, **options)
        self.file = TemporaryUpload(
            self.file_name, self.content_type, 0, self.charset, self.content_type_extra
        )
        if self.request:
            close_with_request(self.request.META, self.file)


def close_with_request(environ: Mapping[str, object], file: TemporaryUpload) -> None:
    """Close a file, which deletes it, when the request is over, however it ends."""
    body = environ.get("wsgi.input")
    if isinstance(body, UploadBody):
        body.files.append(file)
