"""The admin's session as a key: its pages use the endpoints of transcripts without one."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from audio.api import request_log
from audio.api.authentication import VOICES_READ, VOICES_WRITE, BearerKey, Client

_CHANGES: Mapping[str, str] = {"DELETE": "delete"}


class TranscriptSession(SessionAuthentication):
    """A logged-in user may do over REST what the admin's permissions for transcripts allow.

    A request that changes something needs the token of a page of the admin: without it, the
    session does not count, so that a page of another site can do nothing with it.
    """

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        """Return the user as a client, or None where a key has to decide."""
        is_safe = request.method in SAFE_METHODS
        if "HTTP_AUTHORIZATION" in request.META:
            return None
        if not is_safe and "HTTP_X_CSRFTOKEN" not in request.META:
            return None
        found = super().authenticate(request)
        if found is None or not found[0].is_staff:
            return None
        client = _client_of(found[0], request.method or "")
        request_log.note_key(client.name)
        return client, None

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a key: a session is not asked for."""
        return "Bearer"


def _client_of(user: Any, method: str) -> Client:
    changes = f"voiceprints.{_CHANGES.get(method, 'change')}_transcript"
    scopes = {VOICES_READ: "voiceprints.view_transcript", VOICES_WRITE: changes}
    granted = frozenset(scope for scope, needed in scopes.items() if user.has_perm(needed))
    return Client(f"admin:{user.get_username()}", granted)


SESSION_OR_KEY = (TranscriptSession, BearerKey)


class TranscriptSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The admin's own pages send its session; clients send a key."""

    target_class = "voiceprints.api.admin_session.TranscriptSession"
    name = "adminSession"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
