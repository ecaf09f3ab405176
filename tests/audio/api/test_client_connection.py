"""Whether the client that waits for an answer has left."""

import socket
from collections.abc import Iterator

import pytest

from audio import context
from audio.api.client_connection import departure_check
from audio.context import ClientLeft

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def connection() -> Iterator[Pair]:
    """The gateway's end and the client's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        ours, _ = listener.accept()
    with ours, client, context.replaced(client_has_left=departure_check(ours)):
        yield ours, client


def test_work_without_a_connection_goes_on() -> None:
    context.raise_if_client_left()


def test_an_unknown_connection_never_closes() -> None:
    assert not departure_check(None)()


@pytest.mark.usefixtures("connection")
def test_a_silent_client_has_not_left() -> None:
    context.raise_if_client_left()


def test_a_client_that_sends_its_next_request_has_not_left(connection: Pair) -> None:
    connection[1].sendall(b"GET / HTTP/1.1\r\n")

    assert not departure_check(connection[0])()


def test_a_client_that_has_closed_its_connection_has_left(connection: Pair) -> None:
    connection[1].close()

    with pytest.raises(ClientLeft):
        context.raise_if_client_left()


def test_a_connection_that_the_gateway_closed_has_no_client(connection: Pair) -> None:
    connection[0].close()

    assert departure_check(connection[0])()
