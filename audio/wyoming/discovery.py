"""Discovery by mDNS: Home Assistant finds the server in its network by itself.

The package `zeroconf` is optional. Source: the service type in Home Assistant's manifest of the
integration `wyoming`.
"""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address

SERVICE_TYPE = "_wyoming._tcp.local."
# Where mDNS is spoken: the address by which a socket would go there is the one to announce.
_GROUP = ("224.0.0.251", 5353)


class CannotAnnounce(ValueError):
    """The server cannot be found by others; the message says why."""


@asynccontextmanager
async def announced(
    name: str, host: str, port: int, *, interfaces: list[str] | None = None
) -> AsyncIterator[None]:
    """Announce a server that listens at this address (IPv4) until the block ends.

    `interfaces` are the addresses of the network interfaces to announce it on, by default all.

    Raises
    ------
    CannotAnnounce
    """
    try:
        from zeroconf import InterfaceChoice
        from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf
    except ImportError as error:
        raise CannotAnnounce("the package zeroconf is not installed.") from error
    service = AsyncServiceInfo(
        SERVICE_TYPE,
        f"{name}.{SERVICE_TYPE}",
        addresses=[socket.inet_aton(_reachable(host))],
        port=port,
    )
    announcing = AsyncZeroconf(interfaces=interfaces or InterfaceChoice.All)
    try:
        await announcing.async_register_service(service)
        yield
    finally:
        await announcing.async_unregister_all_services()
        await announcing.async_close()


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine reach an address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _reachable(host: str) -> str:
    """Return the IPv4 address under which others reach the server."""
    try:
        if host not in ("0.0.0.0", "::", ""):  # noqa: S104
            return socket.gethostbyname(host)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(_GROUP)
            found: str = probe.getsockname()[0]
            return found
    except OSError as error:
        raise CannotAnnounce(f"no address of this machine was found: {error}.") from error
