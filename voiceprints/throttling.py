"""What becomes of those who fail too often to log in?"""

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from voiceprints.site import with_policy


def locked_out(
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


def told_of(
    username: str | None,
    address: str | None,
    agent: str | None,
    path: str | None,
    _request: object,
) -> str:
    """What the log says of somebody who failed: no name, for passwords are typed there too."""
    return f"somebody at {address}"
