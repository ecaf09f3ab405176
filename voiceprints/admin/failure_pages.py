"""Pages of the admin for requests that fail; every other path gets the error envelope.

The pages use neither the session nor the database, which may be what has failed.
"""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views import defaults

from audio.api import errors
from audio.api.errors import Problem
from voiceprints.admin.site import with_policy

TITLES = {
    400: "The request is malformed",
    403: "Not allowed",
    404: "Page not found",
    413: "The upload is too large",
    500: "The gateway failed",
    503: "Try again later",
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a malformed request, as Django's handler400."""
    return _answer(request, errors.problem_of_malformed(exception))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that the user may not make, as Django's handler403."""
    if not _is_of_admin(request):
        return defaults.permission_denied(request, exception)
    return _page(Problem(403, "Your account lacks the permission for this page."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request for an unknown page, as Django's handler404."""
    if not _is_of_admin(request):
        return errors.not_found(request, exception)
    return _page(Problem(404, "This page does not exist, or its object was deleted."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a failure outside an endpoint, as Django's handler500."""
    return _answer(request, errors.problem_of_failure())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without a valid CSRF token, as Django's CSRF_FAILURE_VIEW."""
    message = (
        "The form has expired, or cookies are blocked. Load the page again and resend the form. "
        "Behind a proxy, its address must be in CSRF_TRUSTED_ORIGINS."
    )
    return _answer(request, Problem(403, message, "csrf_failed"))


def _is_of_admin(request: HttpRequest) -> bool:
    return request.path_info.startswith(reverse("admin:index"))


def _answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    return _page(problem) if _is_of_admin(request) else problem.response()


def _page(problem: Problem) -> HttpResponse:
    context = {
        "title": TITLES.get(problem.status, "The request failed"),
        "message": problem.message,
        "site_header": admin.site.site_header,
        "site_title": admin.site.site_title,
    }
    # Without the request: its context would read the session.
    content = render_to_string("admin/failure.html", context)
    return with_policy(HttpResponse(content, status=problem.status, headers=problem.headers))
