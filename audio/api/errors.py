"""The OpenAI error envelope, and the one table that gives each failure its status code.

    {"error": {"message": …, "type": …, "param": …, "code": …}}

SDKs show the message only in this shape, so no error may have another: neither Django's HTML
pages nor Django REST framework's `detail`.
"""

import errno
import logging
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import (
    DisallowedHost,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from django.http.request import UnreadablePostError
from rest_framework import exceptions

from audio.api.request_errors import InvalidRequest, UploadTooLarge
from audio.context import ClientLeft
from audio.engines import failures
from audio.library import LibraryUnavailable
from audio.media import decoding
from audio.media.temporary_files import NoRoom
from audio.pipeline.audio_quota import WINDOW_S, AudioQuotaExceeded

logger = logging.getLogger(__name__)
# Of messages of Django REST framework, some of which repeat a header of the request.
LONGEST_MESSAGE = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as the client receives it."""

    status: int
    message: str
    code: str | None = None
    param: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    details: Mapping[str, object] = field(default_factory=dict)

    def response(self) -> JsonResponse:
        """Return the envelope as a response."""
        return JsonResponse(self.body(), status=self.status, headers=self.headers)

    def body(self) -> dict[str, object]:
        """Return the envelope as a body, or as the last event of a stream."""
        kind = "invalid_request_error" if self.status < 500 else "server_error"
        error = {"message": self.message, "type": kind, "param": self.param, "code": self.code}
        return {"error": {**error, **self.details}}


def envelope(exc: Exception, context: dict[str, object]) -> JsonResponse:
    """Answer an exception, as Django REST framework's exception handler."""
    return problem_of(exc).response()


def problem_of(exc: Exception) -> Problem:
    """Return the error for a failure; log an unexpected failure."""
    problem = _problem(exc)
    if problem is None:
        logger.error("unexpected %s", type(exc).__name__, exc_info=exc)
        return _UNEXPECTED
    return problem


def _problem(exc: Exception) -> Problem | None:
    match exc:
        case ClientLeft():
            # For the log only: the client has left. nginx uses this number too.
            return Problem(499, "The client left before it was answered.", "client_left")
        case failures.EngineError():
            return _engine_problem(exc)
        case exceptions.ValidationError():
            return _validation_problem(exc)
        case exceptions.APIException():
            return _request_problem(exc)
        case decoding.UnusableAudio():
            return Problem(400, str(exc), "invalid_value", exc.param)
        case decoding.DecodingUnavailable():
            headers = {"Retry-After": "5"}
            return Problem(503, str(exc), "decoding_unavailable", headers=headers)
        case Http404():
            return Problem(404, "Not found.", "unknown_url")
    return _malformed(exc)


_LIBRARY_FAILURES = (LibraryUnavailable, OperationalError, InterfaceError)


def _library_problem(exc: Exception) -> Problem:
    """Return the error for a database that is away, or that cancelled a deadlocked request."""
    if not isinstance(exc, LibraryUnavailable):
        # Not its message, which names the database's host.
        logger.error("the database failed: %s", type(exc.__cause__ or exc).__name__)
    headers = {"Retry-After": "5"}
    return Problem(503, str(LibraryUnavailable()), "library_unavailable", headers=headers)


def _quota_problem(exc: AudioQuotaExceeded) -> Problem:
    headers = {"Retry-After": str(math.ceil(exc.retry_after_s or WINDOW_S))}
    if exc.retry_after_s is None:
        headers["x-should-retry"] = "false"
    return Problem(429, str(exc), "audio_quota_exceeded", headers=headers)


_FULL = {errno.ENOSPC, errno.EDQUOT}
_MALFORMED: dict[type[Exception], tuple[int, str, str]] = {
    # most specific first
    RequestDataTooBig: (413, "The text of this request is too large.", "content_too_large"),
    TooManyFieldsSent: (
        400,
        "The request has too many fields: expected at most 1000. Send a list, such as keywords, "
        "as one JSON list.",
        "bad_request",
    ),
    TooManyFilesSent: (400, "The request has too many files.", "bad_request"),
    DisallowedHost: (400, "The Host header is not one of ALLOWED_HOSTS.", "bad_request"),
    SuspiciousOperation: (400, "The request is malformed.", "bad_request"),
    UnreadablePostError: (400, "The request body broke off.", "bad_request"),
    RecursionError: (400, "The request is nested too deeply.", "bad_request"),
    UnicodeError: (400, "The request is not valid text.", "bad_request"),
}


def _malformed(exc: Exception) -> Problem | None:
    if isinstance(exc, _LIBRARY_FAILURES):
        return _library_problem(exc)
    if isinstance(exc, AudioQuotaExceeded):
        return _quota_problem(exc)
    if isinstance(exc, UploadTooLarge):
        return Problem(413, str(exc), "content_too_large")
    if isinstance(exc, NoRoom) or (isinstance(exc, OSError) and exc.errno in _FULL):
        reason = exc if isinstance(exc, NoRoom) else NoRoom()
        return Problem(503, str(reason), "uploads_full", headers={"Retry-After": "10"})
    problems = (Problem(*row) for kind, row in _MALFORMED.items() if isinstance(exc, kind))
    return next(problems, None)


_ENGINE_STATUS: dict[type[failures.EngineError], tuple[int, str, int | None]] = {
    # failure: status, code, Retry-After in seconds
    failures.EngineNotConfigured: (503, "engine_not_configured", None),
    failures.EngineBusy: (503, "engine_busy", 2),
    failures.EngineUnreachable: (502, "engine_unreachable", None),
    failures.EngineTimedOut: (504, "engine_timeout", None),
    failures.EngineFailed: (503, "engine_restarting", 60),
    failures.EngineNonsense: (502, "engine_bad_answer", None),
    failures.EngineRefusedKey: (502, "engine_refused_key", None),
    failures.EngineMisconfigured: (502, "engine_misconfigured", None),
    failures.EngineCannotTranslate: (400, "unsupported_value", None),
}


def _engine_problem(exc: failures.EngineError) -> Problem:
    if isinstance(exc, failures.EngineRefused):
        headers = {"Retry-After": str(exc.retry_after)} if exc.retry_after is not None else {}
        return Problem(exc.status, str(exc), exc.code, exc.param, headers)
    if isinstance(exc, failures.EngineRestarting):
        headers = {"Retry-After": str(exc.retry_after)}
        return Problem(503, str(exc), "engine_restarting", headers=headers)
    rows = (row for kind, row in _ENGINE_STATUS.items() if isinstance(exc, kind))
    status, code, retry_after = next(rows)
    if isinstance(exc, failures.EngineBusy) and exc.retry_after is not None:
        retry_after = exc.retry_after
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    if isinstance(exc, failures.EngineNotConfigured):
        # SDKs retry a 503; without an engine they would upload the recording three times in vain.
        headers["x-should-retry"] = "false"
    param = "model" if isinstance(exc, failures.EngineCannotTranslate) else None
    return Problem(status, str(exc), code, param, headers)


_REQUEST_CODES = {
    "not_authenticated": None,
    "no_api_key": None,
    "permission_denied": "insufficient_scope",
    "method_not_allowed": "method_not_supported",
    "not_found": "unknown_url",
    "parse_error": "bad_request",
    "unsupported_media_type": "unsupported_media_type",
}


def _request_problem(exc: exceptions.APIException) -> Problem:
    code = str(exc.get_codes())
    if isinstance(exc, InvalidRequest):
        return Problem(
            exc.status_code, str(exc.detail), code, exc.param, dict(exc.headers), exc.details
        )
    headers = {"WWW-Authenticate": "Bearer"} if exc.status_code == 401 else {}
    return Problem(
        exc.status_code, _cut(str(exc.detail)), _REQUEST_CODES.get(code, code), headers=headers
    )


def _cut(message: str) -> str:
    """Return a message that repeats a part of the request, cut, without control characters."""
    printable = "".join(sign if sign.isprintable() else "?" for sign in message[:LONGEST_MESSAGE])
    return printable if len(message) <= LONGEST_MESSAGE else f"{printable}…"


_VALUE_CODES = {
    "max_length": "string_above_max_length",
    "required": "missing_required_parameter",
    "unsupported_value": "unsupported_value",
}


def _validation_problem(exc: exceptions.ValidationError) -> Problem:
    """Return the first error of a serializer, with its field."""
    detail: object = exc.detail
    param: str | None = None
    index = ""
    while isinstance(detail, dict | list):
        if isinstance(detail, list):
            detail = detail[0]
            continue
        key, detail = next(iter(detail.items()))
        index += f"[{key}]" if isinstance(key, int) else ""
        param = param or (None if key == "non_field_errors" else str(key))
    message = str(detail)
    named = message if param is None or param in message else f"{param}{index}: {message}"
    code = getattr(detail, "code", "invalid")
    return Problem(400, named, _VALUE_CODES.get(code, "invalid_value"), param)


_UNEXPECTED = Problem(500, "The gateway failed. Its log has the reason.", "internal_error")


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    """Answer a bad Host header or a malformed form, as Django's handler400."""
    return problem_of_malformed(exception).response()


def problem_of_malformed(exception: Exception) -> Problem:
    """Return the error for a request that Django itself refuses."""
    return _problem(exception) or Problem(400, "The request is malformed.", "bad_request")


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """Answer a request for an unknown path, whatever its method."""
    message = f"Unknown request URL: {request.method} {request.path[:200]}."
    return Problem(404, message, "unknown_url").response()


def server_error(request: HttpRequest) -> JsonResponse:
    """Answer a failure outside an endpoint, as Django's handler500."""
    return problem_of_failure().response()


def problem_of_failure() -> Problem:
    """Return the error for the failure that is being handled; log it unless it is expected."""
    failure = sys.exception()
    if isinstance(failure, (ClientLeft, NoRoom, *_LIBRARY_FAILURES)):
        return problem_of(failure)
    logger.exception("unexpected failure outside an endpoint")
    return _UNEXPECTED
