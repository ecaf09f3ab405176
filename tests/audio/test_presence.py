"""Is whoever asked still there?"""

import socket
from collections.abc import Iterator

import pytest

from audio import presence
from audio.presence import ClientLeft

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def connection() -> Iterator[Pair]:
    """Our end and the client's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        ours, _ = listener.accept()
    with ours, client:
        presence.watch_connection(ours)
        yield ours, client
        presence.watch_connection(None)


def test_without_a_connection_nobody_leaves() -> None:
    presence.stay()


@pytest.mark.usefixtures("connection")
def test_who_says_nothing_is_there() -> None:
    assert not presence.has_left()


def test_who_sends_the_next_request_already_is_there(connection: Pair) -> None:
    connection[1].sendall(b"GET / HTTP/1.1\r\n")

    assert not presence.has_left()


def test_who_has_closed_the_connection_has_left(connection: Pair) -> None:
    connection[1].close()

    with pytest.raises(ClientLeft):
        presence.stay()


def test_nobody_waits_on_a_connection_that_we_closed(connection: Pair) -> None:
    connection[0].close()

    assert presence.has_left()
