"""ETags of versioned rows, such as people and transcripts, and the requests that use them."""

from http import HTTPStatus

from django.utils.http import parse_etags
from rest_framework.request import Request

from audio.api.request_errors import InvalidRequest
from voiceprints.models import Person, Transcript, Vocabulary

Versioned = Person | Transcript | Vocabulary


class VersionMismatch(InvalidRequest):
    """The client's If-Match names another version than the stored one (412)."""

    status_code = HTTPStatus.PRECONDITION_FAILED

    def __init__(self, changed: Versioned) -> None:
        super().__init__(
            f"If-Match: the {changed._meta.verbose_name} has changed since; read it again and "
            "send its new ETag.",
            code="precondition_failed",
        )
        self.headers = {"ETag": etag_of(changed.version)}
        self.details = {"version": changed.version}


def etag_of(version: int) -> str:
    """Return the strong validator of one version."""
    return f'"{version}"'


def is_known(request: Request, found: Versioned) -> bool:
    """Return whether the client has this version already, by its If-None-Match."""
    known = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    return "*" in known or etag_of(found.version) in [tag.removeprefix("W/") for tag in known]


def require_match(request: Request, found: Versioned) -> None:
    """Raise VersionMismatch unless the client's If-Match, where it sent one, names this version.

    The caller holds a lock on the row; otherwise another request may change it in between.
    """
    expected = request.META.get("HTTP_IF_MATCH")
    if expected is None or expected.strip() == "*":
        return
    if etag_of(found.version) not in parse_etags(expected):
        raise VersionMismatch(found)
