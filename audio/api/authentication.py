"""API keys as bearer tokens, their clients, and the scopes that views require."""

import hashlib
import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from audio.api import request_log

AUDIO, METRICS, VOICES_READ, VOICES_WRITE = "audio", "metrics", "voices:read", "voices:write"
SCOPES = frozenset({AUDIO, METRICS, VOICES_READ, VOICES_WRITE})
# Scopes that include another one: keys with `audio` could always read the metrics.
_INCLUDED_IN = {METRICS: AUDIO}
# JavaScript clients send these when their key is not set.
_MISSING_KEYS = ("undefined", "null")
# Headers that proxies and content delivery networks add, by their names in the WSGI environment.
_FORWARDING = re.compile(
    r"HTTP_(VIA|X_REAL_IP|CF_.+|(.+_)?CLIENT_IP|(.+_)?FORWARDED(_.+)?)",
)


@dataclass(frozen=True, slots=True)
class Client:
    """The client of a request: the name and the scopes of its key."""

    name: str
    scopes: frozenset[str]


LOCAL = Client("loopback", SCOPES)
ANONYMOUS = Client("anonymous", frozenset({AUDIO}))


def parse_key(entry: str) -> tuple[str, Client]:
    """Read one `name:key:scope+scope` entry into the SHA-256 of the key and its client.

    Raises
    ------
    ValueError
        With a message that describes the error and never contains the key.
    """
    name, _, rest = entry.partition(":")
    key, _, scopes = rest.partition(":")
    if not name or not key:
        # Without the name: if the colons are missing, it is a key.
        raise ValueError("expected name:key:scope+scope")
    if key.lower() in _MISSING_KEYS:
        raise ValueError(
            f"the key of {name!r} is a word that clients send when their key is not set"
        )
    if not key.isascii() or any(map(str.isspace, key)):
        raise ValueError(f"the key of {name!r} must be ASCII without spaces to fit in a header")
    granted = frozenset(scopes.split("+")) if scopes else frozenset({AUDIO})
    if unknown := granted - SCOPES:
        raise ValueError(f"key {name!r} has unknown scopes: {', '.join(sorted(unknown))}")
    if not key.startswith("sha256$"):
        return _digest(key), Client(name, granted)
    digest = key.removeprefix("sha256$").lower()
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError(f"key {name!r} has a sha256$ that is not 64 hexadecimal digits")
    return digest, Client(name, granted)


class BearerKey(BaseAuthentication):
    """`Authorization: Bearer KEY`; without API_KEYS, clients on this machine need no key."""

    def authenticate(self, request: Request) -> tuple[Client, None] | None:
        key = _bearer(request)
        client = _find_client(key) if key and settings.API_KEYS else _keyless_client(request)
        if client is None and key and settings.API_KEYS:
            raise AuthenticationFailed("Incorrect API key provided.", code="invalid_api_key")
        if client is None:
            return None
        request_log.note_key(client.name)
        return client, None

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge; without one, Django REST framework answers 403 instead of 401."""
        return "Bearer"


class HasScope(BasePermission):
    """Requires the scope that the view's `scope` attribute names; `audio` by default."""

    def has_permission(self, request: Request, view: object) -> bool:
        if not isinstance(request.user, Client):
            raise NotAuthenticated(
                "No API key was given. Send one as 'Authorization: Bearer KEY'.", code="no_api_key"
            )
        require(request, getattr(view, "scope", AUDIO))
        return True


class MayDiscover(HasScope):
    """Requires no key for the names of models and voices, unless PUBLIC_DISCOVERY is off."""

    def has_permission(self, request: Request, view: object) -> bool:
        return settings.PUBLIC_DISCOVERY or super().has_permission(request, view)


def client_names() -> frozenset[str]:
    """Return the names that clients of this gateway may have."""
    named = frozenset(client.name for client in _clients(tuple(settings.API_KEYS)).values())
    keyless = {ANONYMOUS.name} if settings.ALLOW_ANONYMOUS else set[str]()
    return named | keyless | (set() if settings.API_KEYS else {LOCAL.name})


def require(request: Request, scope: str) -> None:
    """Refuse a client whose key lacks a scope."""
    sufficient = [name for name in (scope, _INCLUDED_IN.get(scope)) if name]
    if client_of(request).scopes.isdisjoint(sufficient):
        listed = " or ".join(f"'{name}'" for name in sufficient)
        raise PermissionDenied(f"This API key lacks the scope {listed}.")


def client_of(request: Request) -> Client:
    """Return the client of an authenticated request."""
    client = request.user
    assert isinstance(client, Client)  # noqa: S101 — HasScope has let the request through
    return client


def _bearer(request: Request) -> str:
    scheme, _, key = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
    key = key.strip()
    return key if scheme.lower() == "bearer" and key.lower() not in _MISSING_KEYS else ""


def _find_client(key: str) -> Client | None:
    return _clients(tuple(settings.API_KEYS)).get(_digest(key))


def _keyless_client(request: Request) -> Client | None:
    if not settings.API_KEYS and _is_this_machine(request):
        return LOCAL
    return ANONYMOUS if settings.ALLOW_ANONYMOUS else None


def _is_this_machine(request: Request) -> bool:
    """Return whether a request is from loopback, not via a proxy or another site's page.

    A browser sends `Sec-Fetch-Site` also with requests that have no `Origin`, such as those of an
    image or a link.
    """
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return (
        address.is_loopback
        and not any(map(_FORWARDING.fullmatch, request.META))
        and not is_from_another_site(request)
    )


def is_from_another_site(request: Request) -> bool:
    """Return whether a page of another origin, outside CORS_ALLOWED_ORIGINS, sent a request."""
    host, origin = request.get_host(), request.META.get("HTTP_ORIGIN")
    if origin is None:
        site: str = request.META.get("HTTP_SEC_FETCH_SITE", "")
        return site.strip().lower() == "cross-site"
    return origin not in {f"http://{host}", f"https://{host}", *settings.CORS_ALLOWED_ORIGINS}


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@lru_cache(maxsize=4)
def _clients(entries: tuple[str, ...]) -> dict[str, Client]:
    return dict(parse_key(entry) for entry in entries)
