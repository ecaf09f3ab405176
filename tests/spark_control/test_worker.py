"""The worker: a thread serves the next request of a connection if it comes soon."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.gateway_process import Gateway, running_gateway

ASK = b"GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
THREADS = 3


@pytest.fixture
def few(tmp_path: Path) -> Iterator[Gateway]:
    """A gateway with few threads."""
    settings = {"WEB_THREADS": str(THREADS), "ENGINE_CONNECTIONS": "2"}
    with running_gateway(tmp_path, **settings) as gateway:
        yield gateway


def connected(gateway: Gateway) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(gateway.url.rpartition(":")[2])), timeout=30)


def answers(connection: socket.socket, count: int) -> int:
    """Count answers until `count` have begun, or the gateway closes."""
    received = b""
    while received.count(b"HTTP/1.1 200") < count and (block := connection.recv(65_536)):
        received += block
    return received.count(b"HTTP/1.1 200")


def test_pipelined_requests_are_answered_in_turn(bare: Gateway) -> None:
    with connected(bare) as connection:
        connection.sendall(ASK * 5)

        assert answers(connection, 5) == 5


def test_a_later_request_is_answered_too(bare: Gateway) -> None:
    with connected(bare) as connection:
        for pause_s in (0.0, 0.001, 0.05):
            time.sleep(pause_s)
            connection.sendall(ASK)

            assert answers(connection, 1) == 1


def test_busy_connections_leave_threads_to_others(few: Gateway) -> None:
    def ask_repeatedly(until: float) -> None:
        with connected(few) as connection:
            while time.monotonic() < until:
                connection.sendall(ASK)
                answers(connection, 1)

    with ThreadPoolExecutor(THREADS) as busy:
        for _ in range(THREADS):
            busy.submit(ask_repeatedly, time.monotonic() + 2)
        time.sleep(0.5)
        waited_s = few.get("/healthz").elapsed.total_seconds()

    assert waited_s < 1
