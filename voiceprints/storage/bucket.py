"""A bucket on a server that speaks S3: where recordings and samples lie when `S3_BUCKET` is set.

Amazon's client names hosts, buckets and keys in its messages; what is told here is that it failed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from django.utils.functional import cached_property
from storages.backends.s3 import S3Storage

from voiceprints.storage.stored_files import StorageFailed

CONNECTIONS = 64
# What is longer goes through a file without a name on its way to the worker.
IN_MEMORY_BYTES = 1024 * 1024


class Bucket(S3Storage):  # type: ignore[misc]
    """Like a folder: no name is given twice, and nobody else may read."""

    def __init__(self, **options: str | None) -> None:
        super().__init__(
            **options,
            # Not that of the environment: it belongs to another key.
            security_token=None,
            file_overwrite=False,
            max_memory_size=IN_MEMORY_BYTES,
            client_config=_client_config(is_amazon=not options.get("endpoint_url")),
            # Piece after piece: threads would hold 100 MiB of each recording that is on its way.
            transfer_config=TransferConfig(use_threads=False),
        )

    @cached_property
    def connection(self) -> Any:
        """One for all threads: each more would cost half a second and 17 MiB."""
        return super().connection

    def _open(self, name: str, mode: str = "rb") -> Any:
        with _naming_nothing():
            opened = super()._open(name, mode)
            try:
                # Fetched here, where a failure is told, and not at the first reading.
                return opened.open()
            except BaseException:
                opened.close()
                raise

    def _save(self, name: str, content: "File[bytes]") -> Any:
        with _naming_nothing():
            return super()._save(name, content)

    def delete(self, name: str) -> None:
        with _naming_nothing():
            super().delete(name)

    def exists(self, name: str) -> Any:
        with _naming_nothing():
            return super().exists(name)

    def listdir(self, path: str) -> Any:
        with _naming_nothing():
            return super().listdir(path)

    def size(self, name: str) -> Any:
        with _naming_nothing():
            return super().size(name)

    def get_modified_time(self, name: str) -> datetime:
        with _naming_nothing():
            modified: datetime = super().get_modified_time(name)
            return modified


def _client_config(*, is_amazon: bool) -> Config:
    return Config(
        connect_timeout=5,
        read_timeout=60,
        retries={"total_max_attempts": 3, "mode": "standard"},
        max_pool_connections=CONNECTIONS,
        # Other servers have no host name for each bucket, and many do not know newer checksums.
        s3={"addressing_style": "auto" if is_amazon else "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


@contextmanager
def _naming_nothing() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise StorageFailed(str(error.response.get("Error", {}).get("Code"))) from None
    except (BotoCoreError, Boto3Error) as error:
        raise StorageFailed(type(error).__name__) from None
