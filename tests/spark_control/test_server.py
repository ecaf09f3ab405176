"""The end of a gateway: it finishes requests under way and begins no new one."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event

import httpx
import pytest

from spark_control.laptop.built_in_engine import is_healthy
from spark_control.laptop.gateway import SERVER
from tests.engine_answers import SPEAK, SPEECH
from tests.faults import Answer, Asked, FaultServer
from tests.gateway_process import ROOT, SETTINGS_OF_THE_SUITE, Gateway
from tests.waiting import PATIENCE_S, until

MANY = 50
GRACE_S = 30
Process = subprocess.Popen[bytes]


@contextmanager
def served(folder: Path, engine: str, *options: str) -> Iterator[tuple[Gateway, Process]]:
    """A gateway that binds its port itself, so that no other process keeps it open."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = dict.fromkeys(SETTINGS_OF_THE_SUITE, "") | {"KOKORO_URL": engine}
    environment = {**os.environ, **settings, "WEB_THREADS": "80", "ENGINE_CONNECTIONS": "60"}
    command = [sys.executable, *SERVER, "--bind", f"127.0.0.1:{port}", *options]
    with (folder / "gateway.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    gateway = Gateway(f"http://127.0.0.1:{port}", folder / "gateway.log", process.pid)
    try:
        until(lambda: is_healthy(gateway.url))
        yield gateway, process
    finally:
        process.kill()
        process.wait()


def refuses(gateway: Gateway) -> bool:
    """Whether a new connection is refused."""
    port = int(gateway.url.rpartition(":")[2])
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except (ConnectionRefusedError, ConnectionResetError):
        return True
    return False


def speak(gateway: Gateway) -> int:
    return gateway.post(SPEAK, json={"input": "Hi"}).status_code


def when_released(release: Event, _asked: Asked) -> Answer:
    release.wait(PATIENCE_S)
    return Answer(pieces=(SPEECH,), content_type="audio/mpeg")


def test_requests_under_way_are_finished_and_new_ones_refused(
    faults: FaultServer, tmp_path: Path
) -> None:
    release = Event()
    faults.respond(SPEAK, partial(when_released, release))

    with served(tmp_path, faults.url) as (gateway, process), ThreadPoolExecutor(MANY) as clients:
        answers = [clients.submit(speak, gateway) for _ in range(MANY)]
        until(lambda: len(faults.asked) == MANY)
        process.send_signal(signal.SIGTERM)
        until(lambda: refuses(gateway))
        release.set()

        assert [answer.result() for answer in answers] == [200] * MANY
        assert process.wait(PATIENCE_S) == 0


def test_a_request_that_does_not_end_in_time_is_cut(faults: FaultServer, tmp_path: Path) -> None:
    faults.answer(SPEAK, SPEECH, content_type="audio/mpeg", after_s=PATIENCE_S)
    grace = ("--graceful-timeout", "1")

    with (
        served(tmp_path, faults.url, *grace) as (gateway, process),
        ThreadPoolExecutor(1) as client,
    ):
        answer = client.submit(speak, gateway)
        until(lambda: len(faults.asked) == 1)
        process.send_signal(signal.SIGTERM)

        assert process.wait(PATIENCE_S) == 0
        with pytest.raises(httpx.RemoteProtocolError):
            answer.result()


def test_a_client_that_has_left_does_not_delay_the_end(
    faults: FaultServer, tmp_path: Path
) -> None:
    release = Event()
    faults.respond(SPEAK, partial(when_released, release))

    with served(tmp_path, faults.url) as (gateway, process):
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(gateway.url + SPEAK, json={"input": "Hi"}, timeout=0.5)
        process.send_signal(signal.SIGTERM)

        assert process.wait(GRACE_S / 2) == 0
        release.set()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--bind", "127.0.0.1:99999"], "--bind: expected HOST:PORT, got '127.0.0.1:99999'"),
        (["--bind", "no.such.host.invalid:8000"], "--bind no.such.host.invalid:8000: "),
        (["--certificate", "/nowhere.pem"], "--certificate and --key: expected both or none"),
        (["--certificate", "/a", "--key", "/b"], "--certificate: expected a PEM file, got '/a'"),
    ],
)
def test_an_address_or_a_certificate_of_no_use_is_refused_in_a_line(
    options: list[str], said: str
) -> None:
    refused = subprocess.run(
        [sys.executable, *SERVER, *options], capture_output=True, text=True, cwd=ROOT
    )

    assert refused.returncode != 0
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_port_that_another_server_listens_on_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as taken:
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        command = [sys.executable, *SERVER, "--bind", bind]
        refused = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)

    assert refused.returncode == 1
    assert f"--bind {bind}: another server listens there" in refused.stderr
