"""What every answer tells browsers: load nothing, frame nothing, guess nothing."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponseBase
from drf_spectacular.views import SpectacularSwaggerSplitView

# Answers are data; the pages that are more (the docs, the admin) say so themselves.
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Swagger UI writes its styles into the page, and has its icons in them.
DOCS = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class SecurityHeaders:
    """Middleware around all other: whatever answers, has them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", NOTHING)
        response.headers.setdefault("X-Frame-Options", "DENY")
        return response


class Docs(SpectacularSwaggerSplitView):
    """The docs, whose script is a file of its own: none stands in the page."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Content-Security-Policy"] = DOCS
        return response


HEADER = "x-ignored-params"
LONGEST = 500


def ignored_params(names: Iterable[str]) -> dict[str, str]:
    """The header that lists them, or none when every field had its effect."""
    listed = ", ".join(quote(name, safe="[]_-") for name in dict.fromkeys(names))
    return {HEADER: listed[:LONGEST]} if listed else {}
