"""Fixtures: a gateway for jobs, an empty queue, and recordings to submit."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from audio.media.recording import Recording
from tests.engine_answers import script_meeting
from tests.faults import FaultServer
from tests.gateway_process import Gateway, running_gateway
from tests.process_coverage import measured
from tests.recordings import TONE
from tests.voiceprints.conftest import API_KEYS, database_url
from voiceprints.jobs.submission import Submission, submit_job
from voiceprints.models import Job
from voiceprints.models.jobs import JobKind

LOCAL = "127.0.0.1"
SECRET = "whsec_" + "c2VjcmV0IG9mIHRoZSB0ZXN0cywgbG9uZw=="
with socket.create_server((LOCAL, 0)) as _free:
    HOOK_PORT = _free.getsockname()[1]
HOOKS = {
    "WEBHOOK_SECRET": SECRET,
    "WEBHOOK_HOSTS": "hooks.example",
    "WEBHOOK_PRIVATE_HOSTS": f"{LOCAL}:{HOOK_PORT}",
}


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the storage folder of the gateway, the workers and the tests."""
    return tmp_path_factory.mktemp("storage")


@pytest.fixture(scope="session")
def _jobs_gateway(
    django_db_setup: None,
    fault_server: FaultServer,
    storage: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Gateway]:
    with running_gateway(
        tmp_path_factory.mktemp("jobs"),
        **measured(),
        DATABASE_URL=database_url(),
        SECRET_KEY="for-the-tests",
        PARAKEET_URL=fault_server.url,
        API_KEYS=API_KEYS,
        SAMPLES_DIR=str(storage),
        MAX_UPLOAD_MB="2",
        **HOOKS,
    ) as gateway:
        yield gateway


@pytest.fixture
def jobs_gateway(queue: FaultServer, _jobs_gateway: Gateway) -> Gateway:
    """Return a gateway with an empty queue and no worker."""
    return _jobs_gateway


@pytest.fixture
def queue(
    transactional_db: None, faults: FaultServer, storage: Path, settings: Settings
) -> FaultServer:
    """Return the engine of an empty queue; it answers with Speaker_0 and Speaker_1."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")
        cursor.execute("TRUNCATE procrastinate_periodic_defers")
    settings.MEDIA_ROOT = storage
    settings.PARAKEET_URL = faults.url
    settings.JOB_RETRY_S = 0.2
    script_meeting(faults)
    return faults


@pytest.fixture
def worker_settings(queue: FaultServer, storage: Path) -> dict[str, str]:
    """Return the settings of a worker, with waits that are short enough for a test."""
    return {
        "PARAKEET_URL": queue.url,
        "SAMPLES_DIR": str(storage),
        "JOB_RETRY_S": "0.2",
        "WORKER_LOST_AFTER_S": "2",
        **HOOKS,
    }


@pytest.fixture
def tone(tmp_path: Path) -> Recording:
    """Return a recording of one second."""
    path = tmp_path / "talk.wav"
    path.write_bytes(TONE)
    return Recording(path, ".wav", "talk.wav", "file")


@pytest.fixture
def submitted(queue: FaultServer, tone: Recording) -> Job:
    """Return a queued job: blocks of a recording of one second."""
    return submit_job(Submission(kind=JobKind.TRANSCRIBE, recordings=[tone], created_by="desk"))
