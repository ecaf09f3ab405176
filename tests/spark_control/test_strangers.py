"""Strangers and hanging engines do not delay other clients; `make load` is the long version."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from tests.engine_answers import SPEAK, SPEECH, TRANSCRIBE
from tests.faults import Answer, Asked, FaultServer
from tests.gateway_process import Gateway, running_gateway
from tests.recordings import TONE
from tests.waiting import PATIENCE_S, until

# A stranger could keep others waiting for 6 to 20 s, or for ever.
QUICK_S = 3.0
HEAD_S = 2
HALF_A_HEAD = b"GET /healthz HTTP/1.1\r\nHost: loc"
CLOSED = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
LOG_IN = (
    b"POST /admin/login/ HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n"
)
UPLOAD = b"POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\n"
KEYS = "desk:desk-key:audio"


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway that gives strangers little time."""
    folder = tmp_path_factory.mktemp("strict")
    with running_gateway(folder, HEAD_TIMEOUT_S=str(HEAD_S), API_KEYS=KEYS) as gateway:
        yield gateway


def sending(gateway: Gateway, request: bytes) -> socket.socket:
    address = ("127.0.0.1", int(gateway.url.rpartition(":")[2]))
    connection = socket.create_connection(address, timeout=30)
    connection.sendall(request)
    return connection


def slowest_s(gateway: Gateway, times: int = 10) -> float:
    """The longest of some health checks, each on a connection of its own."""
    answers = [gateway.get("/healthz") for _ in range(times)]
    assert {answer.status_code for answer in answers} == {200}
    return max(answer.elapsed.total_seconds() for answer in answers)


def closed_after_s(connection: socket.socket, crumb: bytes = b"") -> float:
    """Send a crumb ten times a second until the gateway closes; return when it did."""
    started = time.monotonic()
    connection.settimeout(0.1)
    while time.monotonic() - started < 30:
        try:
            connection.sendall(crumb)
            if not connection.recv(65_536):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - started


def test_senders_that_never_close_do_not_delay_others(strict: Gateway) -> None:
    with ExitStack() as connections, ThreadPoolExecutor(1) as others:
        checks = others.submit(slowest_s, strict, 40)
        while not checks.done():
            connections.enter_context(sending(strict, CLOSED))
            time.sleep(1 / 40)

        assert checks.result() < QUICK_S


def when_released(release: Event, _asked: Asked) -> Answer:
    release.wait(PATIENCE_S)
    return Answer(pieces=(SPEECH,), content_type="audio/mpeg")


@pytest.mark.parametrize(
    "request_",
    [
        UPLOAD + b"Content-Length: 999\r\n\r\n",
        UPLOAD + b"Content-Length: 9000000000\r\n\r\n",
        b"POST /healthz HTTP/1.0\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n",
        b"no request\r\n\r\n",
        HALF_A_HEAD,
        LOG_IN + b"Content-Length: 60000\r\n\r\na",
        LOG_IN + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
    ],
    ids=["401", "413", "HTTP/1.0", "no request", "slow head", "slow form", "slow chunks"],
)
def test_sixty_four_strangers_do_not_delay_others(strict: Gateway, request_: bytes) -> None:
    with ExitStack() as connections:
        for _ in range(64):
            connections.enter_context(sending(strict, request_))

        assert slowest_s(strict) < QUICK_S


def test_a_head_that_takes_too_long_in_all_is_closed(strict: Gateway) -> None:
    with sending(strict, HALF_A_HEAD) as connection:
        assert HEAD_S - 1 < closed_after_s(connection, b"a") < HEAD_S + 10


def test_an_idle_connection_is_closed(strict: Gateway) -> None:
    with sending(strict, CLOSED.replace(b"close", b"keep-alive")) as connection:
        assert HEAD_S - 1 < closed_after_s(connection) < HEAD_S + 10


@pytest.mark.parametrize(
    ("head", "crumb"),
    [
        (LOG_IN + b"Content-Length: 60000\r\n\r\n", b"a"),
        (LOG_IN + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    ],
    ids=["declared", "chunked"],
)
def test_a_form_that_arrives_too_slowly_is_closed(
    strict: Gateway, head: bytes, crumb: bytes
) -> None:
    with sending(strict, head) as connection:
        assert closed_after_s(connection, crumb) < HEAD_S + 10


def test_a_client_with_a_key_may_be_slow(strict: Gateway) -> None:
    head = (
        b"POST /v1/audio/speech HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer desk-key\r\n"
    )
    body = b'{"input": "Hi", "voice": "none at all"}'
    kind = b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)

    with sending(strict, head + kind + body[:5]) as connection:
        time.sleep(HEAD_S + 1)
        connection.sendall(body[5:])
        # This gateway has no engine.
        assert connection.recv(65_536).startswith(b"HTTP/1.1 503")


def test_hanging_engines_leave_room_for_health_refusals_and_discovery(
    faults: FaultServer, tmp_path: Path
) -> None:
    release = Event()
    for path in (SPEAK, TRANSCRIBE):
        faults.respond(path, partial(when_released, release))
    engines = {"PARAKEET_URL": faults.url, "KOKORO_URL": faults.url}
    key = {"authorization": "Bearer desk-key"}

    with (
        running_gateway(tmp_path, API_KEYS=KEYS, ENGINE_KEY_SHARE="1", **engines) as gateway,
        ThreadPoolExecutor(80) as clients,
    ):
        for _ in range(40):
            clients.submit(gateway.post, SPEAK, json={"input": "Hi"}, headers=key)
            clients.submit(gateway.post, TRANSCRIBE, files={"file": TONE}, headers=key)
        until(lambda: len(faults.asked) == 80)

        assert slowest_s(gateway) < QUICK_S
        refused = gateway.post(SPEAK, json={"input": "Hi"})
        assert (refused.status_code, refused.elapsed.total_seconds() < QUICK_S) == (401, True)
        listed = gateway.get("/v1/models")
        assert (listed.status_code, listed.elapsed.total_seconds() < QUICK_S) == (200, True)
        release.set()
