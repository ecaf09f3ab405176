"""What the servers of long connections share: their address, their signals, and their end."""

import asyncio
import signal
from collections.abc import Collection
from typing import Protocol

MOST_PORT = 65_535
# A connection that is cut needs this long at most to leave.
CUT_S = 5.0
_LOOK_S = 0.05


class EndingConnection(Protocol):
    """A connection that can be ended."""

    def stop(self) -> None:
        """Read no further event, and answer what was read."""

    def abandon(self) -> None:
        """Cut the connection."""


def parse_bind(bind: str) -> tuple[str, int]:
    """Return the host and the port of HOST:PORT, an IPv6 address without its brackets.

    Raises
    ------
    ValueError
    """
    host, _, port = bind.rpartition(":")
    if not host or not (port.isascii() and port.isdecimal()) or int(port) > MOST_PORT:
        raise ValueError(f"expected HOST:PORT, got {bind!r}")
    return host.strip("[]"), int(port)


def url(scheme: str, host: str, port: int) -> str:
    """Return the address of a server, an IPv6 address in brackets."""
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def stop_signal() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def end_connections(connections: Collection[EndingConnection], within_s: float) -> None:
    """End connections, which leave the collection when they are over; cut those that take longer.

    What a client has asked for is answered within this time.
    """
    for connection in list(connections):
        connection.stop()
    await _left(connections, within_s)
    for connection in list(connections):
        connection.abandon()
    await _left(connections, CUT_S)


async def _left(connections: Collection[EndingConnection], within_s: float) -> None:
    """Wait until no connection is open, or the time is over."""
    loop = asyncio.get_running_loop()
    until = loop.time() + within_s
    while connections and loop.time() < until:
        await asyncio.sleep(_LOOK_S)
