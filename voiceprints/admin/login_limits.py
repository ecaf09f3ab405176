"""Limits for clients that have not logged in: failed attempts, and the size of forms.

Django reads a whole form to find its CSRF token, and so writes to disk what an anonymous client
uploads. Endpoints that take API keys check the key first.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from audio.api.request_errors import UploadTooLarge
from voiceprints.admin.site import with_policy

Address = IPv4Address | IPv6Address
# A log-in form has a name and a password.
LARGEST_FORM = 64 * 1024


def render_lockout(
    request: HttpRequest, response: HttpResponse | None, credentials: Mapping[str, str] | None
) -> HttpResponse:
    """Return a page that says how long to wait, but not whether the account exists."""
    wait: timedelta = settings.AXES_COOLOFF_TIME
    context = admin.site.each_context(request) | {
        "title": "Too many attempts",
        "minutes": round(wait.total_seconds() / 60),
    }
    page = render(request, "admin/locked_out.html", context, status=429)
    page.headers["Retry-After"] = str(round(wait.total_seconds()))
    return with_policy(page)


def client_address(request: HttpRequest) -> str | None:
    """Return the address of a client, by which its failed logins are counted.

    Each trusted proxy has appended the address of its own client to X-Forwarded-For. What is left
    of the first address that is not a trusted proxy was written by the client.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    address = _parse_address(request.META.get("REMOTE_ADDR", ""))
    while address is not None and is_trusted_proxy(address) and forwarded:
        before = _parse_address(forwarded.pop())
        if before is None:
            break
        address = before
    return None if address is None else str(address)


def is_trusted_proxy(address: Address) -> bool:
    """Return whether TRUSTED_PROXIES lists an address, or a network that contains it."""
    return any(address in ip_network(entry.strip()) for entry in settings.TRUSTED_PROXIES)


def _parse_address(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def describe_client(
    username: str | None,
    address: str | None,
    agent: str | None,
    path: str | None,
    _request: object,
) -> str:
    """Return how the log names a client: without the user name, which may be a password."""
    return f"a client at {address}"


class LimitAnonymousForms:
    """Middleware that refuses large forms of anonymous clients; it runs before CSRF checks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], *_arguments: object
    ) -> None:
        if getattr(view, "csrf_exempt", False):
            return
        if int(request.META.get("CONTENT_LENGTH") or 0) <= LARGEST_FORM:
            return
        if not request.user.is_authenticated:
            raise UploadTooLarge(LARGEST_FORM)
