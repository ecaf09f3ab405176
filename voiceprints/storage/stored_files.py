"""Files in Django's default storage, which is a folder or a bucket."""

import io
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any

from django.core.files.storage import default_storage

from audio.api.request_errors import InvalidRequest

logger = logging.getLogger(__name__)


def list_file_names(folder: str) -> list[str]:
    """Return the names of the files in a folder; the list is empty if there is no folder.

    A bucket has no folders, so their existence cannot be checked.
    """
    with suppress(FileNotFoundError):
        return default_storage.listdir(folder)[1]
    return []


class StorageFailed(InvalidRequest):
    """The storage of recordings and samples does not respond, or refuses a file."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    headers = {"Retry-After": "5"}

    def __init__(self, kind: str) -> None:
        super().__init__(
            "The storage of recordings does not answer as it should; try again.",
            code="storage_unavailable",
        )
        logger.error("the storage of recordings failed: %s", kind)


def delete_files(names: Iterable[str]) -> None:
    """Delete recordings from the storage; a purge deletes those that fail now."""
    for name in names:
        with suppress(StorageFailed):
            default_storage.delete(name)


class StoredFile(io.RawIOBase):
    """A file in a storage that reads parts of files, for readers that seek."""

    def __init__(self, size: int, read: Callable[[int, int], bytes]) -> None:
        super().__init__()
        self._size, self._read, self._at = size, read, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        end = min(self._at + len(buffer), self._size)
        found = self._read(self._at, end) if self._at < end else b""
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)


def open_seekable(name: str) -> io.RawIOBase:
    """Open a stored file so that only what is read is fetched."""
    read_part = getattr(default_storage, "read_part", None)
    if read_part is None:
        return io.FileIO(default_storage.path(name))
    return StoredFile(default_storage.size(name), partial(read_part, name))
