"""Connecting to an engine is tried twice; nothing was sent yet."""

import socket
from collections.abc import Callable, Iterator

import httpx
import pytest

from audio.engines.connections import connections_to
from tests.faults import FaultServer

Connect = Callable[..., socket.socket]


@pytest.fixture
def client(faults: FaultServer) -> Iterator[httpx.Client]:
    faults.answer("/health", {})
    with connections_to(faults.url, 1) as client:
        yield client


def failing(times: int, connect: Connect) -> Connect:
    """Refuse to connect, so many times."""
    failures = [ConnectionRefusedError()] * times

    def attempt(*where: object, **how: object) -> socket.socket:
        if failures:
            raise failures.pop()
        return connect(*where, **how)

    return attempt


def test_a_connection_that_fails_is_tried_again(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "create_connection", failing(1, socket.create_connection))

    assert client.get("/health").status_code == 200


def test_a_connection_that_fails_twice_is_not_tried_a_third_time(
    client: httpx.Client, faults: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "create_connection", failing(2, socket.create_connection))

    with pytest.raises(httpx.ConnectError):
        client.get("/health")

    assert faults.paths() == []
