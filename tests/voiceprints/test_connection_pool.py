"""Tests of the gateway's connections to its database, which its threads share."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.engine_answers import DIARIZE, MEETING_DIARIZATION, script_meeting
from tests.faults import Answer, Asked, FaultServer
from tests.faults.answers import as_json
from tests.gateway_process import Gateway, running_gateway
from tests.recordings import TONE
from tests.voiceprints.conftest import API_KEYS, database_url, key
from tests.waiting import PATIENCE_S, until

NAME = "pooled"


@pytest.fixture
def gateway(transactional_db: None, faults: FaultServer, tmp_path: Path) -> Iterator[Gateway]:
    """A gateway whose connections have a name."""
    script_meeting(faults)
    with running_gateway(
        tmp_path,
        DATABASE_URL=f"{database_url()}&application_name={NAME}",
        SECRET_KEY="for-the-tests",
        PARAKEET_URL=faults.url,
        API_KEYS=API_KEYS,
    ) as gateway:
        yield gateway


def connections() -> set[int]:
    """Return the gateway's connections, by the process of the server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [NAME])
        return {pid for (pid,) in cursor.fetchall()}


def read_people(gateway: Gateway) -> None:
    assert gateway.get("/api/people", headers=key("reader")).status_code == 200


def test_a_connection_serves_one_request_after_another(gateway: Gateway) -> None:
    read_people(gateway)
    first = connections()
    read_people(gateway)

    assert first
    assert first <= connections()


def test_a_request_holds_no_connection_while_an_engine_works(
    gateway: Gateway, faults: FaultServer
) -> None:
    going_on = threading.Event()

    def answer(_asked: Asked) -> Answer:
        going_on.wait(PATIENCE_S)
        return as_json(MEETING_DIARIZATION)

    faults.respond(DIARIZE, answer)
    data = {"timeline": "[]", "store": "true"}
    sent = {"files": {"file": TONE}, "data": data, "headers": key("archive")}
    requests = [
        threading.Thread(target=gateway.post, args=("/api/audio/label-merge",), kwargs=sent)
        for _ in range(4)
    ]
    for request in requests:
        request.start()
    until(lambda: faults.paths().count(DIARIZE) == 4)
    read_people(gateway)
    held = connections()
    going_on.set()
    for request in requests:
        request.join()

    assert len(held) <= len(requests)
