"""Connections to an engine: limited in number, reused for a while, attempted twice."""

import os
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import pytest

from audio.engines.cpu_affinity import allowed_processors, bind_thread
from audio.engines.http import transport
from audio.engines.http.deadlines import within
from audio.engines.http.transport import LARGE_BYTES, EngineTransport
from tests.faults import FaultServer
from tests.faults.breakages import ENDLESS, LONGER_THAN_ANNOUNCED
from tests.waiting import until

Connect = Callable[..., socket.socket]


@pytest.fixture
def connections(faults: FaultServer) -> Iterator[EngineTransport]:
    faults.answer("/health", {})
    with EngineTransport(1, connect_s=3, wait_s=0.01) as made, within(30):
        yield made


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[socket.socket]:
    """Every connection that was opened."""
    sockets: list[socket.socket] = []
    connect = socket.create_connection

    def recorded(*args: object, **options: object) -> socket.socket:
        sockets.append(connect(*args, **options))  # type: ignore[arg-type]
        return sockets[-1]

    monkeypatch.setattr(socket, "create_connection", recorded)
    return sockets


def failing(times: int, connect: Connect) -> Connect:
    """Return a function that refuses to connect this many times."""
    failures = [ConnectionRefusedError()] * times

    def attempt(*where: object, **how: object) -> socket.socket:
        if failures:
            raise failures.pop()
        return connect(*where, **how)

    return attempt


def ask(connections: EngineTransport, faults: FaultServer, path: str = "/health") -> bytes:
    request = httpx.Request("GET", faults.url + path)
    with closing(connections.handle_request(request)) as response:
        return response.read()


def test_a_connection_that_fails_is_attempted_again(
    connections: EngineTransport, faults: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "create_connection", failing(1, socket.create_connection))

    assert ask(connections, faults) == b"{}"


def test_a_connection_that_fails_twice_is_not_attempted_a_third_time(
    connections: EngineTransport, faults: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "create_connection", failing(2, socket.create_connection))

    with pytest.raises(httpx.ConnectError):
        ask(connections, faults)

    assert faults.paths() == []


def test_a_name_that_no_host_can_have_is_not_reached(connections: EngineTransport) -> None:
    with pytest.raises(httpx.ConnectError):
        connections.handle_request(httpx.Request("GET", "http://engine..example/health"))


def test_the_name_and_password_of_an_address_are_sent(
    connections: EngineTransport, faults: FaultServer
) -> None:
    named = faults.url.replace("http://", "http://me:p%40ss@") + "/health"

    connections.handle_request(httpx.Request("GET", named)).close()

    assert faults.asked[0].headers["Authorization"] == "Basic bWU6cEBzcw=="


def test_one_connection_carries_one_call_after_another(
    connections: EngineTransport, faults: FaultServer, opened: list[socket.socket]
) -> None:
    for _ in range(3):
        ask(connections, faults)

    assert len(opened) == 1


def test_an_old_connection_is_not_used_again(
    connections: EngineTransport,
    faults: FaultServer,
    opened: list[socket.socket],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport, "KEEPALIVE_S", -1.0)

    for _ in range(2):
        ask(connections, faults)

    assert len(opened) == 2


def test_a_connection_with_bytes_after_its_answer_is_not_used_again(
    connections: EngineTransport, faults: FaultServer, opened: list[socket.socket]
) -> None:
    faults.break_with("/longer", LONGER_THAN_ANNOUNCED)

    for path in ("/longer", "/health"):
        ask(connections, faults, path)

    assert len(opened) == 2


def test_an_answer_that_is_not_read_to_its_end_costs_its_connection(
    connections: EngineTransport, faults: FaultServer, opened: list[socket.socket]
) -> None:
    faults.break_with("/endless", ENDLESS)
    request = httpx.Request("GET", faults.url + "/endless")

    connections.handle_request(request).close()
    ask(connections, faults)

    assert len(opened) == 2


@pytest.mark.skipif(len(allowed_processors()) < 2, reason="this machine has one processor")
@pytest.mark.parametrize(("size", "is_anywhere"), [(LARGE_BYTES, False), (LARGE_BYTES + 1, True)])
def test_a_large_request_is_sent_on_any_processor(
    connections: EngineTransport, faults: FaultServer, size: int, is_anywhere: bool
) -> None:
    one, seen = {min(allowed_processors())}, []

    def blocks() -> Iterator[bytes]:
        seen.append(os.sched_getaffinity(0))
        yield bytes(size)

    def send() -> set[int]:
        length = {"content-length": str(size)}
        request = httpx.Request("POST", faults.url + "/health", headers=length, content=blocks())
        with within(30):
            connections.handle_request(request).close()
        return os.sched_getaffinity(0)

    with ThreadPoolExecutor(1, initializer=bind_thread, initargs=(one,)) as answering:
        afterwards = answering.submit(send).result()

    assert seen == [allowed_processors() if is_anywhere else one]
    assert afterwards == one


def test_no_call_exceeds_the_number_of_connections(
    connections: EngineTransport, faults: FaultServer
) -> None:
    request = httpx.Request("GET", faults.url + "/health")

    with closing(connections.handle_request(request)), pytest.raises(httpx.PoolTimeout):
        connections.handle_request(request)

    assert ask(connections, faults) == b"{}"


def test_a_call_that_failed_frees_its_connection(
    connections: EngineTransport, faults: FaultServer
) -> None:
    faults.answer("/late", {}, after_s=0.3)

    with pytest.raises(httpx.ReadTimeout), within(0.05):
        ask(connections, faults, "/late")

    assert ask(connections, faults) == b"{}"


def test_an_idle_connection_is_closed_with_the_others(
    connections: EngineTransport, faults: FaultServer, opened: list[socket.socket]
) -> None:
    ask(connections, faults)
    [idle] = opened

    connections.close()

    until(lambda: idle.fileno() < 0)
