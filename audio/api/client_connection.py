"""The client's connection, which the gateway watches while it waits for engines.

A client that leaves closes its connection, and the gateway writes nothing to it while an engine is
silent: only the socket itself shows that the client has left.
"""

import select
import socket
from collections.abc import Callable

# As proxies do: a client that ended its side of the connection is taken to have left.
_GONE = select.POLLRDHUP | select.POLLHUP | select.POLLERR | select.POLLNVAL


def departure_check(connection: socket.socket | None) -> Callable[[], bool]:
    """Return a function that reports whether the client has closed this connection."""
    if connection is None:
        return lambda: False
    return lambda: _is_closed(connection)


def _is_closed(connection: socket.socket) -> bool:
    number = connection.fileno()
    if number < 0:
        return True
    poll = select.poll()
    poll.register(number, _GONE)
    return bool(poll.poll(0))
