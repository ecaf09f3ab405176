"""What the library refuses, and how a client is told: the one table of this app."""

import logging
from http import HTTPStatus

from django.db import IntegrityError, OperationalError
from psycopg import errors

from audio.api.request_errors import InvalidRequest
from voiceprints.matching.speaker_lookup import SpeakerNotFound
from voiceprints.people.enrolment_errors import ConsentMissing, EnrolmentRefused, VoiceTaken
from voiceprints.storage.locks import PersonNotFound

logger = logging.getLogger(__name__)


class ResourceNotFound(InvalidRequest):
    """An identifier under which the library has nothing, or one that is none."""

    status_code = HTTPStatus.NOT_FOUND

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no such {what}.", code=f"{what}_not_found")


class Conflict(InvalidRequest):
    """A request that contradicts what the library keeps."""

    status_code = HTTPStatus.CONFLICT


class Unprocessable(InvalidRequest):
    """A request that is well formed, and cannot be met."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY


class Unavailable(InvalidRequest):
    """The database does not answer, or let two wait for each other and sent one away."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    headers = {"Retry-After": "5"}

    def __init__(self, failure: OperationalError) -> None:
        super().__init__("The library does not answer; try again.", code="library_unavailable")
        # Its message names the database's host.
        logger.error("the database failed: %s", type(failure.__cause__ or failure).__name__)


class VoiceAlreadyKnown(Conflict):
    """A voice that is somebody else's already; who that is, only for those who may read."""

    def __init__(self, taken: VoiceTaken, *, may_read: bool) -> None:
        merging = f"POST /api/people/{taken.person_id if may_read else 'ID'}/merge"
        super().__init__(
            f"This voice is somebody else's already. If both are one person: {merging}.",
            code="voice_known",
        )
        if may_read:
            self.details = {
                "person": {"id": str(taken.person_id), "name": taken.name},
                "similarity": round(taken.similarity, 4),
            }


def translate_refusal(exc: Exception, *, may_read: bool) -> InvalidRequest | None:
    """What a client is told of an exception of the library; None where it is no refusal."""
    match exc:
        case PersonNotFound():
            return ResourceNotFound("person")
        case SpeakerNotFound():
            return ResourceNotFound("speaker")
        case VoiceTaken():
            return VoiceAlreadyKnown(exc, may_read=may_read)
        case ConsentMissing():
            return Conflict(str(exc), code=ConsentMissing.code)
        case EnrolmentRefused():
            return Unprocessable(str(exc), code=exc.code)
        case OperationalError():
            return Unavailable(exc)
        case IntegrityError():
            return _translate_constraint(_constraint_of(exc))
    return None


def _translate_constraint(name: str) -> InvalidRequest | None:
    match name:
        case "person_name_is_unique":
            message = "name: somebody else has this name already."
            return Conflict(message, param="name", code="name_taken")
        case "person_is_named":
            return InvalidRequest("name: expected a name.", param="name")
        case "person_consent_ends_after_it_began":
            message = "consent: expected until to be after given_at."
            return InvalidRequest(message, param="consent")
        case "voiceprint_needs_consent":
            missing = ConsentMissing()
            return Conflict(str(missing), code=missing.code)
    return None


def _constraint_of(exc: IntegrityError) -> str:
    cause = exc.__cause__
    return (cause.diag.constraint_name or "") if isinstance(cause, errors.Error) else ""
