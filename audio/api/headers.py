"""Response headers: security headers for browsers, and the list of ignored parameters."""

from collections.abc import Callable, Iterable
from typing import TypeVar
from urllib.parse import quote

from django.http import HttpRequest, HttpResponseBase

# Answers are data. Pages that load more (the docs, the admin) set a policy of their own.
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Swagger UI writes its styles into the page, and its icons as data URLs.
DOCS = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# The front page plays recordings that were chosen in it, and offers its results as files.
FRONT_PAGE = (
    "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
IGNORED_HEADER = "x-ignored-params"
IGNORED_MAX_LENGTH = 500

Response = TypeVar("Response", bound=HttpResponseBase)


class SecurityHeaders:
    """Middleware outside all other, so that every answer has the headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", NOTHING)
        response.headers.setdefault("X-Frame-Options", "DENY")
        # Browsers apply it only to requests without CORS, so pages of listed origins can still
        # call the gateway with `fetch`.
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


def ignored_params(names: Iterable[str]) -> dict[str, str]:
    """Return the header that lists parameters without effect; empty if all had an effect."""
    listed = ", ".join(quote(name, safe="[]_-") for name in dict.fromkeys(names))
    return {IGNORED_HEADER: listed[:IGNORED_MAX_LENGTH]} if listed else {}


def with_ignored(response: Response, names: Iterable[str]) -> Response:
    """Return the response with the header that lists parameters without effect."""
    for header, value in ignored_params(names).items():
        response[header] = value
    return response
