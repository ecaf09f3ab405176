"""Limits on what a client without a session may try and send."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from audio.api.request_errors import UploadTooLarge
from voiceprints.admin.site import with_policy


def lockout_page(
    request: HttpRequest, response: HttpResponse | None, credentials: Mapping[str, str] | None
) -> HttpResponse:
    """Answer with a page that says how long to wait, and not whether there is such an account."""
    wait: timedelta = settings.AXES_COOLOFF_TIME
    context = admin.site.each_context(request) | {
        "title": "Too many attempts",
        "minutes": round(wait.total_seconds() / 60),
    }
    page = render(request, "admin/locked_out.html", context, status=429)
    page.headers["Retry-After"] = str(round(wait.total_seconds()))
    return with_policy(page)


def describe_client(
    username: str | None,
    address: str | None,
    agent: str | None,
    path: str | None,
    _request: object,
) -> str:
    """What the log says of somebody who failed: no name, for passwords are typed there too."""
    return f"somebody at {address}"


# A name and a password.
LARGEST_FORM = 64 * 1024


class LimitAnonymousForms:
    """Middleware before the one that reads forms: of strangers only small ones."""

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
