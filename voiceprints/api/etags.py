"""Is what a client knows of a person still so? ETags are the person's version."""

from http import HTTPStatus

from django.utils.http import parse_etags
from rest_framework.request import Request

from audio.api.request_errors import InvalidRequest
from voiceprints.models import Person


class Stale(InvalidRequest):
    """A change of something that has changed meanwhile."""

    status_code = HTTPStatus.PRECONDITION_FAILED

    def __init__(self) -> None:
        super().__init__(
            "The person has changed since; read it again, and send its new ETag as If-Match.",
            code="precondition_failed",
        )


def etag_of(version: int) -> str:
    """The strong validator of one version."""
    return f'"{version}"'


def is_known(request: Request, person: Person) -> bool:
    """Whether the client has this version already, by its If-None-Match."""
    known = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    return "*" in known or etag_of(person.version) in [tag.removeprefix("W/") for tag in known]


def require_match(request: Request, person: Person) -> None:
    """Refuse to change another version than the client's If-Match names, if it names any.

    Call it with the person locked: else somebody may change the person in between.
    """
    given = request.META.get("HTTP_IF_MATCH")
    if given is None or given.strip() == "*":
        return
    if etag_of(person.version) not in parse_etags(given):
        raise Stale
