"""The storage backend for recordings and samples in an S3 bucket, used when `S3_BUCKET` is set.

Amazon's client names hosts, buckets and keys in its messages; `StorageFailed` does not.
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
# Longer files go through an unnamed temporary file on their way to the worker.
IN_MEMORY_BYTES = 1024 * 1024


class Bucket(S3Storage):  # type: ignore[misc]
    """Private files in a bucket; like in a folder, no file is overwritten."""

    def __init__(self, **options: str | None) -> None:
        super().__init__(
            **options,
            # The token in the environment belongs to another key.
            security_token=None,
            file_overwrite=False,
            max_memory_size=IN_MEMORY_BYTES,
            client_config=_client_config(is_amazon=not options.get("endpoint_url")),
            # Without threads, which would hold 100 MiB of each recording in memory.
            transfer_config=TransferConfig(use_threads=False),
        )

    @cached_property
    def connection(self) -> Any:
        """One connection for all threads: each further one would cost 0.5 s and 17 MiB."""
        return super().connection

    def _open(self, name: str, mode: str = "rb") -> Any:
        with _without_names():
            opened = super()._open(name, mode)
            try:
                # The first read would fetch the file, outside this handler.
                return opened.open()
            except BaseException:
                opened.close()
                raise

    def read_part(self, name: str, start: int, end: int) -> bytes:
        """Return a part of a file, without fetching the rest."""
        with _without_names():
            wanted = f"bytes={start}-{end - 1}"
            part: bytes = super()._open(name, "rb").obj.get(Range=wanted)["Body"].read()
            return part

    def _save(self, name: str, content: "File[bytes]") -> Any:
        with _without_names():
            return super()._save(name, content)

    def delete(self, name: str) -> None:
        with _without_names():
            super().delete(name)

    def exists(self, name: str) -> Any:
        with _without_names():
            return super().exists(name)

    def listdir(self, path: str) -> Any:
        with _without_names():
            return super().listdir(path)

    def size(self, name: str) -> Any:
        with _without_names():
            return super().size(name)

    def get_modified_time(self, name: str) -> datetime:
        with _without_names():
            modified: datetime = super().get_modified_time(name)
            return modified


def _client_config(*, is_amazon: bool) -> Config:
    return Config(
        connect_timeout=5,
        read_timeout=60,
        retries={"total_max_attempts": 3, "mode": "standard"},
        max_pool_connections=CONNECTIONS,
        # Other servers have no host name per bucket, and many do not support newer checksums.
        s3={"addressing_style": "auto" if is_amazon else "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


@contextmanager
def _without_names() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise StorageFailed(str(error.response.get("Error", {}).get("Code"))) from None
    except (BotoCoreError, Boto3Error) as error:
        raise StorageFailed(type(error).__name__) from None
