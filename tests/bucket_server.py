"""A server that speaks S3, on a real port, with a bucket that the tests look into."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

KEYS = {"S3_ACCESS_KEY_ID": "id-of-the-tests", "S3_SECRET_ACCESS_KEY": "key-of-the-tests"}


@dataclass(frozen=True)
class BucketOfTests:
    """A bucket, as the server has it."""

    name: str
    url: str

    @property
    def settings(self) -> dict[str, str]:
        """How a gateway and its workers find it."""
        return {"S3_BUCKET": self.name, "S3_ENDPOINT_URL": self.url, **KEYS}

    def contents(self) -> dict[str, bytes]:
        """Return the stored objects by name."""
        there = _resource(self.url).Bucket(self.name).objects.all()
        return {entry.key: entry.get()["Body"].read() for entry in there}

    def put(self, name: str, content: bytes) -> None:
        """Store an object."""
        _resource(self.url).Bucket(self.name).put_object(Key=name, Body=content)


@contextmanager
def running_bucket_server() -> Iterator[str]:
    """Its address, until the end of the block."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def new_bucket(url: str, name: str) -> BucketOfTests:
    """An empty one."""
    _resource(url).create_bucket(Bucket=name)
    return BucketOfTests(name, url)


def _resource(url: str) -> Any:
    return boto3.resource(
        "s3",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=KEYS["S3_ACCESS_KEY_ID"],
        aws_secret_access_key=KEYS["S3_SECRET_ACCESS_KEY"],
    )
