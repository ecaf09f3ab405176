"""Every exception → the body of the containers: {"detail": {"error", "message", "type"}}.

EngineError
 ├── BadRequest      400  a field is missing or wrong
 │    ├── BadAudio        no usable audio
 │    └── Unspeakable     no words
 ├── NoSuchPath      404
 ├── WrongMethod     405
 ├── TooLarge        413  the upload
 │    └── AudioTooLong    the recording
 ├── Busy            503  the queue of a model is full
 └── NotReady        503  the weights are missing
"""

import logging
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError

logger = logging.getLogger(__name__)


class EngineError(Exception):
    """An error that the caller receives, with its status."""

    status = 500
    code = "server_error"
    headers: dict[str, str] = {}

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadRequest(EngineError):
    """A field is missing or wrong."""

    status = 400
    code = "validation_error"


class BadAudio(BadRequest):
    """The recording has no audio that can be used."""


class Unspeakable(BadRequest):
    """The text has no words that can be spoken."""


class NoSuchPath(EngineError):
    """A path that the engine does not serve."""

    status = 404
    code = "not_found"


class WrongMethod(EngineError):
    """This path takes another method."""

    status = 405
    code = "method_not_allowed"

    def __init__(self, allowed: str) -> None:
        super().__init__(f"This path takes {allowed} only.")
        self.headers = {"Allow": allowed}


class TooLarge(EngineError):
    """The upload is larger than the limit."""

    status = 413
    code = "too_large"


class AudioTooLong(TooLarge):
    """The recording is longer than the limit."""

    def __init__(self, longest_s: float) -> None:
        super().__init__(f"The audio is longer than the limit of {longest_s / 60:g} minutes.")


class Busy(EngineError):
    """The queue of a model is full."""

    status = 503
    code = "busy"
    headers = {"Retry-After": "2"}

    def __init__(self) -> None:
        super().__init__("The engine is busy and its queue is full; try again.")


class NotReady(EngineError):
    """The weights are not here."""

    status = 503
    code = "not_ready"
    headers = {"Retry-After": "30"}

    def __init__(self) -> None:
        super().__init__("The models of the engine are not prepared yet.")


def answer(error: EngineError) -> JsonResponse:
    """Put an error into the containers' words."""
    kind = "invalid_request_error" if error.status < 500 else "server_error"
    detail = {"error": error.code, "message": error.message, "type": kind}
    return JsonResponse({"detail": detail}, status=error.status, headers=error.headers)


class JsonErrors:
    """Middleware that answers every exception in JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_exception(self, _: HttpRequest, error: Exception) -> JsonResponse | None:
        if isinstance(error, EngineError):
            return answer(error)
        if isinstance(error, RequestDataTooBig):
            return answer(TooLarge("The request is larger than the limit."))
        if isinstance(error, SuspiciousOperation | MultiPartParserError | UnreadablePostError):
            return answer(BadRequest("The request could not be read."))
        return None


def not_found(_: HttpRequest, exception: Exception) -> JsonResponse:
    """Answer a path that is not served."""
    return answer(NoSuchPath("Nothing is served here."))


def failed(_: HttpRequest) -> JsonResponse:
    """Answer an unexpected failure; the log has the reason, the response does not."""
    return answer(EngineError("The engine failed to answer this request."))


def bad_request(_: HttpRequest, exception: Exception) -> JsonResponse:
    """Answer a request that could not even be read."""
    return answer(BadRequest("The request could not be read."))
