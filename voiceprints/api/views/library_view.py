"""What all endpoints of the library have in common."""

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
    """Reading wants `voices:read`, changing `voices:write`; refusals of the library are told."""

    changes = True

    @property
    def scope(self) -> str:
        """Scopes go by method, but for a POST that only asks."""
        reads = self.request.method in SAFE_METHODS or not self.changes
        return VOICES_READ if reads else VOICES_WRITE

    def handle_exception(self, exc: Exception) -> Any:
        """What the library refuses is no failure of the gateway."""
        return super().handle_exception(translate_refusal(exc, may_read=self.may_read) or exc)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **options: Any
    ) -> Any:
        """Nothing about people lies in caches between here and the client."""
        answer = super().finalize_response(request, response, *args, **options)
        answer["Cache-Control"] = "private, no-cache"
        return answer

    @property
    def may_read(self) -> bool:
        """Whether the client may be told who is in the library."""
        user = getattr(self.request, "user", None)
        return user is not None and VOICES_READ in user.scopes


def actor_of(request: Request) -> str:
    """Under whose key the audit notes what is done."""
    return client_of(request).name


def parse_id(what: str, given: str) -> UUID:
    """The identifier in an address; one that is none is nobody's."""
    if not _ID.fullmatch(given):
        raise ResourceNotFound(what)
    return UUID(given)
