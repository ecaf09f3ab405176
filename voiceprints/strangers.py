"""What may somebody send who has not logged in?

Django reads a whole form for the token in it that keeps other sites' pages out, and so writes to
disk what a stranger uploads. Endpoints with keys look at the key first.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from audio.api.request_errors import UploadTooLarge

# A name and a password.
LARGEST_FORM = 64 * 1024


class LittleFromStrangers:
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
