"""Connections to the fault server, as an engine's client has them."""

import socket
from collections.abc import Iterator

import pytest

from audio.engines.http.connections import EngineConnections
from audio.engines.http.deadlines import within
from tests.faults import FaultServer


@pytest.fixture
def connections(faults: FaultServer) -> Iterator[EngineConnections]:
    faults.answer("/health", {})
    with EngineConnections(1, connect_s=3, wait_s=0.01) as made, within(30):
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
