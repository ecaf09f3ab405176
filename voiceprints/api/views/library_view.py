"""The base view of the library's endpoints: scopes, errors and caching."""

import re
from typing import Any
from uuid import UUID

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.views import APIView

from audio.api.authentication import VOICES_READ, VOICES_WRITE, client_of
from voiceprints.api.library_errors import ResourceNotFound, translate_refusal

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class LibraryView(APIView):
    """Requires `voices:read` to read and `voices:write` to change, and renders library errors."""

    changes = True

    @property
    def scope(self) -> str:
        """Return the scope of the method; a POST that changes nothing only reads."""
        reads = self.request.method in SAFE_METHODS or not self.changes
        return VOICES_READ if reads else VOICES_WRITE

    def handle_exception(self, exc: Exception) -> Any:
        """Render the library's exceptions as client errors."""
        return super().handle_exception(translate_refusal(exc, may_read=self.may_read) or exc)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **options: Any
    ) -> Any:
        """Forbid shared caches to store data about people."""
        answer = super().finalize_response(request, response, *args, **options)
        answer["Cache-Control"] = "private, no-cache"
        return answer

    @property
    def may_read(self) -> bool:
        """Return whether the client may see the people of the library."""
        user = getattr(self.request, "user", None)
        return user is not None and VOICES_READ in user.scopes


def actor_of(request: Request) -> str:
    """Return the name of the API key, as the audit records it."""
    return client_of(request).name


def parse_id(resource: str, text: str) -> UUID:
    """Return the identifier from a URL, or raise ResourceNotFound where it is malformed."""
    if not _ID.fullmatch(text):
        raise ResourceNotFound(resource)
    return UUID(text)
