"""Fixtures for tests of the library: a gateway with its own database, an engine, a bucket."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.core.management.commands import flush
from django.db import connection
from pytest_django import Settings

from tests.bucket_server import KEYS, BucketOfTests, new_bucket, running_bucket_server
from tests.engine_answers import script_meeting
from tests.faults import FaultServer
from tests.gateway_process import Gateway, running_gateway
from tests.process_coverage import measured
from tests.voiceprints.database_reset import truncate_statements
from tests.voiceprints.voices import script_voice

API_KEYS = ",".join(
    [
        "desk:desk-key:audio",
        "reader:reader-key:audio+voices:read",
        "archive:archive-key:audio+voices:read+voices:write",
        "writer:writer-key:audio+voices:write",
    ]
)


@pytest.fixture(scope="session", autouse=True)
def _quick_flush() -> Iterator[None]:
    """Flush without the post-migrate signal, which would recreate rows after every test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", truncate_statements)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_: None)
        yield


@pytest.fixture(scope="session")
def _library_gateway(
    django_db_setup: None, fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("library")
    with running_gateway(
        folder,
        **measured(),
        SAMPLES_DIR=str(folder / "samples"),
        DATABASE_URL=database_url(),
        SECRET_KEY="for-the-tests",
        PARAKEET_URL=fault_server.url,
        KOKORO_URL=fault_server.url,
        API_KEYS=API_KEYS,
    ) as gateway:
        yield gateway


@pytest.fixture
def library_gateway(
    transactional_db: None, _library_gateway: Gateway, faults: FaultServer
) -> Gateway:
    """A gateway with an empty library, and an engine that returns Speaker_0 and Speaker_1."""
    script_meeting(faults)
    return _library_gateway


@pytest.fixture
def scripted_engine(settings: Settings, faults: FaultServer, tmp_path: Path) -> FaultServer:
    """An engine for calls in this process, which returns 12.5 s of one voice."""
    settings.PARAKEET_URL, settings.MEDIA_ROOT = faults.url, tmp_path / "media"
    script_voice(faults)
    return faults


@pytest.fixture(scope="session")
def bucket_server() -> Iterator[str]:
    with running_bucket_server() as url:
        yield url


@pytest.fixture
def bucket(bucket_server: str) -> BucketOfTests:
    """An empty bucket on a server that speaks S3."""
    return new_bucket(bucket_server, f"recordings-{uuid4()}")


@pytest.fixture
def bucket_in_use(bucket: BucketOfTests, settings: Settings) -> BucketOfTests:
    """The bucket as default storage for calls in this process."""
    use(bucket, settings)
    return bucket


def use(bucket: BucketOfTests, settings: Settings) -> None:
    """Store recordings and samples in this bucket."""
    options = {
        "bucket_name": bucket.name,
        "endpoint_url": bucket.url,
        "access_key": KEYS["S3_ACCESS_KEY_ID"],
        "secret_key": KEYS["S3_SECRET_ACCESS_KEY"],
    }
    default = {"BACKEND": "voiceprints.storage.bucket.Bucket", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": default}


def database_url() -> str:
    """Return the URL of the test database, with a limit on waiting for locks."""
    at = connection.settings_dict
    password = quote(at["PASSWORD"], safe="")
    host = f"{at['USER']}:{password}@{at['HOST']}:{at['PORT']}"
    return f"postgres://{host}/{at['NAME']}?options={quote('-c lock_timeout=1000')}"


def key(name: str) -> dict[str, str]:
    """Return the header for one of the keys."""
    return {"Authorization": f"Bearer {name}-key"}
