"""The check of a webhook's URL, and of the addresses to which its host resolves."""

import ipaddress
import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

Resolve = Callable[[str, int], Sequence[str]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
DEFAULT_PORTS = {"https": 443, "http": 80}
# The prefixes of IPv4 addresses inside IPv6 addresses for translators: RFC 6052 and RFC 8215.
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


class WebhookRefused(Exception):
    """The webhook's URL or address is not allowed; the message says why, and names no address."""


class HostNotFound(Exception):
    """The name of a webhook's host cannot be resolved now; it may be later."""


@dataclass(frozen=True, slots=True)
class Target:
    """The parts of a webhook's URL."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def may_be_private(self) -> bool:
        """Whether the host may have addresses on a private network."""
        return self._is_listed(settings.WEBHOOK_PRIVATE_HOSTS, DEFAULT_PORTS.values())

    @property
    def has_listed_port(self) -> bool:
        """Whether the host is listed with this port; without a port, it is listed with 443."""
        return self._is_listed(settings.WEBHOOK_HOSTS, (DEFAULT_PORTS["https"],))

    def _is_listed(self, entries: Sequence[str], ports: Collection[int]) -> bool:
        return any(
            host == self.host and self.port in (ports if port is None else (port,))
            for host, port in _listed(entries)
        )


def parse_listed_host(entry: str) -> tuple[str, int | None]:
    """Return the host of an entry of a setting, and its port if it names one.

    Raises
    ------
    ValueError
        When the entry is not `host` or `host:port`; an IPv6 address with a port is in brackets.
    """
    text = entry.strip()
    is_bare_ipv6 = text.count(":") > 1 and not text.startswith("[")
    address = f"[{text}]" if is_bare_ipv6 else text
    parts = urlsplit(f"//{address}")
    if not parts.hostname or parts.port == 0 or parts.netloc != address or "@" in address:
        raise ValueError(f"expected host or host:port, got {entry!r}")
    return parts.hostname.lower(), parts.port


def parse_webhook_url(url: str) -> Target:
    """Return the parts of a webhook's URL.

    Raises
    ------
    WebhookRefused
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
        port or DEFAULT_PORTS[parts.scheme],
        f"{path}?{parts.query}" if parts.query else path,
    )
    _check_host(target)
    return target


def resolve_address(target: Target, resolve: Resolve | None = None) -> str:
    """Return the address to connect to: the host's first one, if all its addresses are allowed.

    The caller connects to this address and does not resolve the name again, so that a second
    answer of the resolver cannot lead into a private network.

    Raises
    ------
    WebhookRefused, HostNotFound
    """
    try:
        found = (resolve or resolve_host)(target.host, target.port)
    except (OSError, UnicodeError) as error:
        raise HostNotFound from error
    if not found:
        raise HostNotFound
    if not target.may_be_private and not all(map(is_public, found)):
        raise WebhookRefused("The webhook's host has a private address.")
    return found[0]


def resolve_host(host: str, port: int) -> list[str]:
    """Return all addresses that the system's resolver finds."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def is_public(text: str) -> bool:
    """Return whether an address, and each address embedded in it, is on the public internet."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(map(_is_global, _embedded(address)))


def _is_global(address: Address) -> bool:
    # Python counts deprecated site-local addresses as global.
    is_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return address.is_global and not (address.is_multicast or address.is_reserved or is_local)


def _embedded(address: Address) -> list[Address]:
    """Return the address, and the IPv4 addresses that are embedded in it."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    inside: list[Address | None] = [address.ipv4_mapped, address.sixtofour]
    if address.teredo is not None:
        inside += address.teredo
    if any(address in network for network in _TRANSLATED):
        inside.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    found = [inner for inner in inside if inner is not None]
    # An IPv4-mapped address is only another notation of the address inside.
    return found if address.ipv4_mapped is not None else [address, *found]


def _check_host(target: Target) -> None:
    if target.may_be_private:
        return
    entries = [*settings.WEBHOOK_HOSTS, *settings.WEBHOOK_PRIVATE_HOSTS]
    if target.host not in (host for host, _port in _listed(entries)):
        raise WebhookRefused("expected a host that this gateway calls (WEBHOOK_HOSTS).")
    if target.scheme != "https" or not target.has_listed_port:
        raise WebhookRefused(
            "expected https at port 443, or a port that is listed with the host (WEBHOOK_HOSTS)."
        )


def _listed(entries: Sequence[str]) -> list[tuple[str, int | None]]:
    return [parse_listed_host(entry) for entry in entries if entry.strip()]


def _is_plain(url: str) -> bool:
    """Return whether the URL has no space and no control character, which would end a header."""
    return url.isascii() and all("!" <= character <= "~" for character in url)
