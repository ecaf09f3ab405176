"""The library's exceptions as HTTP errors: the one table of status codes of this app."""

from http import HTTPStatus

from django.db import IntegrityError
from psycopg import errors

from audio.api.request_errors import InvalidRequest
from voiceprints.corrections.correction_errors import (
    BlockNotFound,
    CorrectionRefused,
    TranscriptNotFound,
    Uncorrectable,
)
from voiceprints.matching.speaker_lookup import SpeakerNotFound
from voiceprints.people.enrolment_errors import (
    ConsentMissing,
    EnrolmentRefused,
    NameErased,
    VoiceTaken,
)
from voiceprints.recordings.audio_reading import AudioNotKept
from voiceprints.storage.locks import PersonNotFound


class ResourceNotFound(InvalidRequest):
    """The identifier is unknown or malformed (404)."""

    status_code = HTTPStatus.NOT_FOUND

    def __init__(self, resource: str) -> None:
        super().__init__(f"The {resource} was not found.", code=f"{resource}_not_found")


class NoAudio(InvalidRequest):
    """The transcript has no audio that can be heard; the message says why (404)."""

    status_code = HTTPStatus.NOT_FOUND

    def __init__(self, message: str) -> None:
        super().__init__(message, code="audio_not_kept")


class Conflict(InvalidRequest):
    """The request contradicts the library's state (409)."""

    status_code = HTTPStatus.CONFLICT


class Unprocessable(InvalidRequest):
    """The request is well formed but cannot be fulfilled (422)."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY


class VoiceAlreadyKnown(Conflict):
    """The voice is enrolled for another person, who is named to clients that may read (409)."""

    def __init__(self, taken: VoiceTaken, *, may_read: bool) -> None:
        merging = f"POST /api/people/{taken.person_id if may_read else 'ID'}/merge"
        super().__init__(
            f"This voice is enrolled for another person. If both are the same person: {merging}.",
            code="voice_known",
        )
        if may_read:
            self.details = {
                "person": {"id": str(taken.person_id), "name": taken.name},
                "similarity": round(taken.similarity, 4),
            }


def translate_refusal(exc: Exception, *, may_read: bool) -> InvalidRequest | None:
    """Return the error that a client gets for an exception of the library, None for a bug."""
    match exc:
        case PersonNotFound() | SpeakerNotFound():
            return ResourceNotFound("person" if isinstance(exc, PersonNotFound) else "speaker")
        case CorrectionRefused() | AudioNotKept():
            return _translate_of_transcript(exc)
        case VoiceTaken():
            return VoiceAlreadyKnown(exc, may_read=may_read)
        case ConsentMissing():
            return Conflict(str(exc), code=ConsentMissing.code)
        case NameErased():
            return Conflict(str(exc), param="name", code=exc.code)
        case EnrolmentRefused():
            return Unprocessable(str(exc), code=exc.code)
        case IntegrityError():
            return _translate_constraint(_constraint_of(exc))
    return None


def _translate_of_transcript(refusal: CorrectionRefused | AudioNotKept) -> InvalidRequest:
    match refusal:
        case AudioNotKept():
            return NoAudio(str(refusal))
        case TranscriptNotFound():
            return ResourceNotFound("transcript")
        case BlockNotFound():
            return ResourceNotFound("block")
        case Uncorrectable():
            return InvalidRequest(str(refusal), param=refusal.param)
    return Conflict(str(refusal), code=refusal.code)


def _translate_constraint(name: str) -> InvalidRequest | None:
    match name:
        case "person_name_is_unique":
            message = "name: another person has this name already."
            return Conflict(message, param="name", code="name_taken")
        case "person_is_named":
            return InvalidRequest("name: expected a name.", param="name")
        case "person_consent_ends_after_it_began":
            message = "consent: expected until after given_at."
            return InvalidRequest(message, param="consent")
        case "voiceprint_needs_consent":
            missing = ConsentMissing()
            return Conflict(str(missing), code=missing.code)
    return None


def _constraint_of(exc: IntegrityError) -> str:
    cause = exc.__cause__
    return (cause.diag.constraint_name or "") if isinstance(cause, errors.Error) else ""
