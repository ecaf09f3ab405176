"""Which address may a webhook be sent to? It is looked up once, and that one is connected to."""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

Resolve = Callable[[str, int], Sequence[str]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# IPv4 inside of IPv6, where a translator stands: RFC 6052 and RFC 8215.
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


class WebhookRefused(Exception):
    """A webhook that is not sent; the message says why, and names no address."""


class HostNotFound(Exception):
    """The name of a webhook's host leads nowhere now; it may later."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to send a webhook, as its URL says."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def may_be_private(self) -> bool:
        """Whether its addresses may be of the local network."""
        return self.host in _hosts(settings.WEBHOOK_PRIVATE_HOSTS)


def target_of(url: str) -> Target:
    """Read a webhook's URL.

    Raises
    ------
    WebhookRefused
        Saying what was expected.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise WebhookRefused("expected a URL such as https://host/path.") from error
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("http", "https") or not host or port == 0 or not _is_plain(url):
        raise WebhookRefused("expected a URL such as https://host/path.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise WebhookRefused("expected a URL without a user, a password and a fragment.")
    path = parts.path or "/"
    target = Target(
        parts.scheme,
        host,
        port or (443 if parts.scheme == "https" else 80),
        f"{path}?{parts.query}" if parts.query else path,
    )
    _check_host(target)
    return target


def address_of(target: Target, resolve: Resolve | None = None) -> str:
    """The address to connect to: the first, if all of them may be.

    Raises
    ------
    WebhookRefused, HostNotFound
    """
    try:
        found = (resolve or addresses)(target.host, target.port)
    except (OSError, UnicodeError) as error:
        raise HostNotFound from error
    if not found:
        raise HostNotFound
    if not target.may_be_private and not all(map(is_public, found)):
        raise WebhookRefused("The webhook's host has a private address.")
    return found[0]


def addresses(host: str, port: int) -> list[str]:
    """All that the system's resolver knows."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def is_public(text: str) -> bool:
    """Whether an address is of the open internet, and not a way back into a private network."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(map(_is_open, _meant(address)))


def _is_open(address: Address) -> bool:
    # Python counts the site-local addresses of old as global.
    is_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return address.is_global and not (address.is_multicast or address.is_reserved or is_local)


def _meant(address: Address) -> list[Address]:
    """An address, and those that are written inside it."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    inside: list[Address | None] = [address.ipv4_mapped, address.sixtofour]
    if address.teredo is not None:
        inside += address.teredo
    if any(address in network for network in _TRANSLATED):
        inside.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    found = [one for one in inside if one is not None]
    # What is only a wrapping counts by what is inside.
    return found if address.ipv4_mapped is not None else [address, *found]


def _check_host(target: Target) -> None:
    if target.may_be_private:
        return
    if target.host not in _hosts(settings.WEBHOOK_HOSTS):
        raise WebhookRefused("expected a host that this gateway calls (WEBHOOK_HOSTS).")
    if target.scheme != "https":
        raise WebhookRefused("expected https.")


def _hosts(listed: Sequence[str]) -> set[str]:
    return {host.strip().lower() for host in listed if host.strip()}


def _is_plain(url: str) -> bool:
    """No space and no control character: they would end a line of the request."""
    return url.isascii() and all("!" <= character <= "~" for character in url)
