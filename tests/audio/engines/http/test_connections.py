"""Connections to an engine: limited in number, reused for a while, attempted twice."""

import select
import socket
from collections.abc import Callable
from contextlib import closing

import httpx
import pytest

from audio.engines.http import connections as module
from audio.engines.http.connections import EngineConnections
from audio.engines.http.deadlines import within
from tests.audio.engines.http.exchange import exchange
from tests.faults import Answer, FaultServer
from tests.faults.breakages import ENDLESS, LONGER_THAN_ANNOUNCED
from tests.waiting import until

Connect = Callable[..., socket.socket]
HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def failing(times: int, connect: Connect) -> Connect:
    """Return a function that refuses to connect this many times."""
    failures = [ConnectionRefusedError()] * times

    def attempt(*where: object, **how: object) -> socket.socket:
        if failures:
            raise failures.pop()
        return connect(*where, **how)

    return attempt


def bare(*pieces: bytes, **how: object) -> Answer:
    """Return an answer of these bytes, after which the connection stays open."""
    return Answer(pieces=pieces, bare=True, announced=0, **how)  # type: ignore[arg-type]


def test_a_connection_that_fails_is_attempted_again(
    connections: EngineConnections, faults: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "create_connection", failing(1, socket.create_connection))

    assert exchange(connections, faults.url + "/health") == b"{}"


def test_a_connection_that_fails_twice_is_not_attempted_a_third_time(
    connections: EngineConnections, faults: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "create_connection", failing(2, socket.create_connection))

    with pytest.raises(httpx.ConnectError):
        exchange(connections, faults.url + "/health")

    assert faults.paths() == []


def test_a_name_that_no_host_can_have_is_not_reached(connections: EngineConnections) -> None:
    with pytest.raises(httpx.ConnectError):
        exchange(connections, "http://engine..example/health")


def test_the_name_and_password_of_an_address_are_sent(
    connections: EngineConnections, faults: FaultServer
) -> None:
    exchange(connections, faults.url.replace("http://", "http://me:p%40ss@") + "/health")

    assert faults.asked[0].headers["Authorization"] == "Basic bWU6cEBzcw=="


def test_one_connection_carries_one_call_after_another(
    connections: EngineConnections, faults: FaultServer, opened: list[socket.socket]
) -> None:
    for _ in range(3):
        exchange(connections, faults.url + "/health")

    assert len(opened) == 1


def test_an_old_connection_is_not_used_again(
    faults: FaultServer, opened: list[socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    faults.answer("/health", {})
    monkeypatch.setattr(module, "KEEPALIVE_S", 0.0)

    with EngineConnections(1, connect_s=3, wait_s=0.01) as short_lived, within(30):
        for _ in range(2):
            exchange(short_lived, faults.url + "/health")

    assert len(opened) == 2


def test_an_old_connection_is_closed_when_another_call_ends(
    faults: FaultServer, opened: list[socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    faults.answer("/health", {})
    monkeypatch.setattr(module, "KEEPALIVE_S", 0.0)

    with EngineConnections(2, connect_s=3, wait_s=0.01) as short_lived, within(30):
        request = httpx.Request("GET", faults.url + "/health")
        with closing(short_lived.handle_request(request)) as first:
            first.read()
        exchange(short_lived, faults.url + "/health")

    assert opened[0].fileno() < 0


@pytest.mark.parametrize(
    "answer",
    [
        LONGER_THAN_ANNOUNCED,
        bare(HELLO + b"and more"),
        bare(HELLO + HELLO),
        bare(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n" + HELLO),
        bare(HELLO.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")),
    ],
    ids=["longer", "and more", "two answers", "chunked, and another", "closing"],
)
def test_a_connection_that_an_answer_spoilt_is_not_used_again(
    connections: EngineConnections,
    faults: FaultServer,
    opened: list[socket.socket],
    answer: Answer,
) -> None:
    faults.break_with("/spoilt", answer)

    exchange(connections, faults.url + "/spoilt")

    assert exchange(connections, faults.url + "/health") == b"{}"
    assert len(opened) == 2


def test_a_connection_on_which_an_engine_sends_unasked_is_not_used_again(
    connections: EngineConnections, faults: FaultServer, opened: list[socket.socket]
) -> None:
    faults.break_with("/unasked", bare(HELLO, b"\n", pause_s=0.05))
    exchange(connections, faults.url + "/unasked")
    until(lambda: bool(select.select(opened, [], [], 0)[0]))

    assert exchange(connections, faults.url + "/health") == b"{}"
    assert len(opened) == 2


def test_an_answer_that_is_not_read_to_its_end_costs_its_connection(
    connections: EngineConnections, faults: FaultServer, opened: list[socket.socket]
) -> None:
    faults.break_with("/endless", ENDLESS)
    request = httpx.Request("GET", faults.url + "/endless")

    connections.handle_request(request).close()
    exchange(connections, faults.url + "/health")

    assert len(opened) == 2


def test_no_call_exceeds_the_number_of_connections(
    connections: EngineConnections, faults: FaultServer
) -> None:
    request = httpx.Request("GET", faults.url + "/health")

    with closing(connections.handle_request(request)), pytest.raises(httpx.PoolTimeout):
        connections.handle_request(request)

    assert exchange(connections, faults.url + "/health") == b"{}"


def test_a_call_that_failed_frees_its_connection(
    connections: EngineConnections, faults: FaultServer
) -> None:
    faults.answer("/late", {}, after_s=0.3)

    with pytest.raises(httpx.ReadTimeout), within(0.05):
        exchange(connections, faults.url + "/late")

    assert exchange(connections, faults.url + "/health") == b"{}"


def test_an_idle_connection_is_closed_with_the_others(
    connections: EngineConnections, faults: FaultServer, opened: list[socket.socket]
) -> None:
    exchange(connections, faults.url + "/health")
    [idle] = opened

    connections.close()

    until(lambda: idle.fileno() < 0)
