"""Who is calling, and what may they do? Bearer keys and their scopes."""

import hashlib
import ipaddress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from audio.api import request_log

if TYPE_CHECKING:
    # Importing it here would ask for the class below before it exists.
    from rest_framework.views import APIView

AUDIO, VOICES_READ, VOICES_WRITE = "audio", "voices:read", "voices:write"
SCOPES = frozenset({AUDIO, VOICES_READ, VOICES_WRITE})
# What clients send whose key was never set, as JavaScript spells it.
_NO_KEYS = ("undefined", "null")
_FORWARDING = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")


@dataclass(frozen=True, slots=True)
class Client:
    """Whoever a request is served for."""

    name: str
    scopes: frozenset[str]


LOCAL = Client("loopback", SCOPES)
ANONYMOUS = Client("anonymous", frozenset({AUDIO}))


def parse_key(entry: str) -> tuple[str, Client]:
    """Read one `name:key:scope+scope` entry into the SHA-256 of the key and its client.

    Raises
    ------
    ValueError
        Naming what is wrong with the entry, never its key.
    """
    name, _, rest = entry.partition(":")
    key, _, scopes = rest.partition(":")
    if not name or not key:
        # Not even the name: who forgot the colons wrote a key there.
        raise ValueError("an entry is not name:key:scope+scope")
    if key.lower() in _NO_KEYS:
        raise ValueError(f"the key of {name!r} is what clients send that have none")
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
    """`Authorization: Bearer KEY`; without any keys set, no key from this very machine."""

    def authenticate(self, request: Request) -> tuple[Client, None] | None:
        key = _bearer(request)
        client = _client_of_key(key) if key and settings.API_KEYS else _client_without_key(request)
        if client is None and key and settings.API_KEYS:
            raise AuthenticationFailed("Incorrect API key provided.", code="invalid_api_key")
        if client is None:
            return None
        request_log.note_key(client.name)
        return client, None

    def authenticate_header(self, request: Request) -> str:
        """Make a refusal 401: without this, Django REST framework answers 403."""
        return "Bearer"


class HasScope(BasePermission):
    """Requires the view's `scope`, `audio` unless it says otherwise."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.user, Client):
            raise NotAuthenticated(
                "No API key was given. Send one as 'Authorization: Bearer KEY'.", code="no_api_key"
            )
        require(request, getattr(view, "scope", AUDIO))
        return True


class MayDiscover(HasScope):
    """Names of models and voices are for everybody, unless PUBLIC_DISCOVERY is off."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return settings.PUBLIC_DISCOVERY or super().has_permission(request, view)


def require(request: Request, scope: str) -> None:
    """Refuse a client whose key lacks a scope."""
    if scope not in client_of(request).scopes:
        raise PermissionDenied(f"This API key lacks the scope '{scope}'.")


def client_of(request: Request) -> Client:
    """The client of an authenticated request."""
    client = request.user
    assert isinstance(client, Client)  # noqa: S101 — HasScope has let the request through
    return client


def _bearer(request: Request) -> str:
    scheme, _, key = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
    key = key.strip()
    return key if scheme.lower() == "bearer" and key.lower() not in _NO_KEYS else ""


def _client_of_key(key: str) -> Client | None:
    return _clients(tuple(settings.API_KEYS)).get(_digest(key))


def _client_without_key(request: Request) -> Client | None:
    if not settings.API_KEYS and _is_this_machine(request):
        return LOCAL
    return ANONYMOUS if settings.ALLOW_ANONYMOUS else None


def _is_this_machine(request: Request) -> bool:
    """On loopback, not through a proxy, and not from another site's page in a local browser."""
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    host = request.get_host()
    own_origins = {None, f"http://{host}", f"https://{host}", *settings.CORS_ALLOWED_ORIGINS}
    return (
        address.is_loopback
        and not any(header in request.META for header in _FORWARDING)
        and request.META.get("HTTP_ORIGIN") in own_origins
    )


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@lru_cache(maxsize=4)
def _clients(entries: tuple[str, ...]) -> dict[str, Client]:
    return dict(parse_key(entry) for entry in entries)
