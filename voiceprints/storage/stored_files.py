"""What lies in Django's default storage, be it a folder or a bucket?"""

import logging
from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus

from django.core.files.storage import default_storage

from audio.api.request_errors import InvalidRequest

logger = logging.getLogger(__name__)


def list_file_names(folder: str) -> list[str]:
    """The names of all files in a folder, without it; none where nothing was ever stored there.

    A bucket has no folders: whether there is one cannot be asked.
    """
    with suppress(FileNotFoundError):
        return default_storage.listdir(folder)[1]
    return []


class StorageFailed(InvalidRequest):
    """Where recordings and samples lie does not answer, or does not take what it is given."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    headers = {"Retry-After": "5"}

    def __init__(self, kind: str) -> None:
        super().__init__(
            "The storage of recordings does not answer as it should; try again.",
            code="storage_unavailable",
        )
        logger.error("the storage of recordings failed: %s", kind)


def delete_files(names: Iterable[str]) -> None:
    """Delete recordings from the storage; what it does not delete now, a purge finds."""
    for name in names:
        with suppress(StorageFailed):
            default_storage.delete(name)
