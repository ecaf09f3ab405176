"""Is whoever asked still there?

A client that leaves closes its connection, and nobody writes to it while an engine is silent: so
the connection itself is looked at.
"""

import errno
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# As proxies do: who ended its side of the connection is taken for gone.
_GONE = select.POLLRDHUP | select.POLLHUP | select.POLLERR | select.POLLNVAL


class ClientLeft(ConnectionResetError):
    """Nobody waits for the answer any longer."""

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "the client has left")


_connection: ContextVar[socket.socket | None] = ContextVar("connection", default=None)
_streams: ContextVar[bool] = ContextVar("streams", default=False)


def watch_connection(connection: socket.socket | None) -> None:
    """From here on, this request comes from there; None: nobody waits on a connection."""
    _connection.set(connection)


@contextmanager
def streaming() -> Iterator[None]:
    """Engine calls inside the block end at once when the client leaves."""
    token = _streams.set(True)
    try:
        yield
    finally:
        _streams.reset(token)


def is_streaming() -> bool:
    """Whether engine calls end with the client."""
    return _streams.get()


def has_left() -> bool:
    """Whether the client has closed its connection."""
    connection = _connection.get()
    if connection is None:
        return False
    number = connection.fileno()
    if number < 0:
        return True
    looked_at = select.poll()
    looked_at.register(number, _GONE)
    return bool(looked_at.poll(0))


def stay() -> None:
    """Go on only while somebody waits for the answer.

    Raises
    ------
    ClientLeft
    """
    if has_left():
        raise ClientLeft
