"""Files in Django's default storage, which is a folder or a bucket."""

import logging
from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus

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
