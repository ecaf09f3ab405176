"""Postgres is killed and comes back during mixed requests, and nothing else fails."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import httpx
import pytest

from tests.engine_answers import script_meeting
from tests.environment import database_url
from tests.faults import FaultServer
from tests.gateway_process import Gateway, running_gateway
from tests.recordings import TONE
from tests.voiceprints.conftest import API_KEYS, key
from tests.voiceprints.jobs.workers import Process, running_worker
from tests.voiceprints.private_postgres import PrivatePostgres, running_postgres
from tests.waiting import until

TIMELINE = json.dumps([{"start": 0, "end": 4, "name": "Ana"}])
REQUESTS, CLIENTS = 200, 8
AWAY_S = 1.0
Ask = Callable[[Gateway], httpx.Response]


@dataclass(frozen=True)
class Installation:
    """A gateway and a worker with a database of their own."""

    gateway: Gateway
    worker: Process
    worker_log: Path
    database: PrivatePostgres


@pytest.fixture
def installation(faults: FaultServer, tmp_path: Path) -> Iterator[Installation]:
    database_url()
    script_meeting(faults)
    settings = {
        "SECRET_KEY": "for-the-tests",
        "PARAKEET_URL": faults.url,
        "SAMPLES_DIR": str(tmp_path / "samples"),
        "JOB_RETRY_S": "0.2",
        "WORKER_LOST_AFTER_S": "2",
    }
    with running_postgres(tmp_path / "data") as database:
        settings["DATABASE_URL"] = database.url
        with (
            running_worker(tmp_path, **settings) as worker,
            running_gateway(tmp_path, API_KEYS=API_KEYS, **settings) as gateway,
        ):
            yield Installation(gateway, worker, tmp_path / "worker.log", database)
            # A signal to stop would wait for jobs under way.
            worker.kill()


def merge(gateway: Gateway, **fields: str) -> httpx.Response:
    data = {"timeline": TIMELINE, "transcribe": "true", **fields}
    return post(gateway, "/api/audio/label-merge", **data)


def post(gateway: Gateway, path: str, **data: str) -> httpx.Response:
    return gateway.post(path, files={"file": TONE}, data=data, headers=key("archive"))


def submit(gateway: Gateway) -> httpx.Response:
    return post(gateway, "/api/jobs", kind="label-merge", timeline=TIMELINE, store="true")


def admin(gateway: Gateway) -> httpx.Response:
    return gateway.get("/admin/", headers={"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz"})


MIXED: dict[str, Ask] = {
    "label-merge": merge,
    "store": lambda gateway: merge(gateway, store="true"),
    "identify": lambda gateway: post(
        gateway, "/api/audio/transcribe-with-speakers", identify="true"
    ),
    "transcription": lambda gateway: post(gateway, "/v1/audio/transcriptions", model="whisper-1"),
    "transcripts": lambda gateway: gateway.get("/api/transcripts", headers=key("archive")),
    "people": lambda gateway: gateway.get("/api/people", headers=key("archive")),
    "admin": admin,
    "job": submit,
}
# Without the database these answer all the same.
NEED_NO_DATABASE = ("label-merge", "identify", "transcription")


@contextmanager
def asking(gateway: Gateway) -> Iterator[list[Future[tuple[str, int]]]]:
    """Ask mixed requests from several clients, while the block goes on."""

    def ask(kind: str) -> tuple[str, int]:
        return kind, MIXED[kind](gateway).status_code

    with ThreadPoolExecutor(CLIENTS) as clients:
        yield [clients.submit(ask, kind) for kind in islice(cycle(MIXED), REQUESTS)]


def jobs_by_state(gateway: Gateway) -> Counter[str]:
    answer = gateway.get("/api/jobs?limit=100", headers=key("archive"))
    return Counter(job["state"] for job in answer.json()["data"])


def test_a_killed_database_is_survived(installation: Installation) -> None:
    gateway, database = installation.gateway, installation.database
    # A worker that still starts ends without its database, and is started again.
    submit(gateway)
    until(lambda: set(jobs_by_state(gateway)) == {"done"})
    with asking(gateway) as asked:
        until(lambda: sum(one.done() for one in asked) > REQUESTS // 4)
        database.kill()
        time.sleep(AWAY_S)
        database.restart()
    answers = [one.result() for one in asked]

    assert {status for _, status in answers} <= {200, 202, 302, 503}
    assert {status for kind, status in answers if kind in NEED_NO_DATABASE} == {200}
    assert any(status == 503 for _, status in answers)
    until(lambda: {ask(gateway).status_code for ask in MIXED.values()} <= {200, 202, 302})
    until(lambda: set(jobs_by_state(gateway)) == {"done"})
    assert installation.worker.poll() is None
    assert "Traceback" not in gateway.log.read_text() + installation.worker_log.read_text()
