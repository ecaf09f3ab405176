"""Every exception → the contract's body: {"detail": {"error", "message", "type"}}."""

import logging
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError

from nvidia_engine.admission import Full
from nvidia_engine.connection import ClientLeft
from nvidia_engine.inference.units import EngineFault
from nvidia_engine.media.sound_streams import BadAudio
from nvidia_engine.service import RESTART_S, NotReady

logger = logging.getLogger(__name__)


class BadRequest(Exception):
    """A field is missing or wrong; the message is for the caller."""


class TooLarge(Exception):
    """The upload is larger than the limit."""


class WrongMethod(Exception):
    """This path takes another method."""


def describe(status: int, code: str, message: str, **headers: str) -> JsonResponse:
    """Put an error into the contract's words."""
    kind = "invalid_request_error" if status < 500 else "server_error"
    detail = {"error": code, "message": message, "type": kind}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JsonResponse({"detail": detail}, status=status, headers=named)


def answer(error: Exception) -> JsonResponse | None:
    """Answer an exception that has an answer of its own."""
    return _refusal(error) or _failure(error)


def _refusal(error: Exception) -> JsonResponse | None:
    """Answer what the caller can change."""
    match error:
        case BadRequest() | BadAudio():
            return describe(400, "validation_error", str(error))
        case TooLarge() | RequestDataTooBig():
            return describe(413, "too_large", "The upload is larger than the limit.")
        case SuspiciousOperation() | MultiPartParserError() | UnreadablePostError():
            return describe(400, "validation_error", "The request could not be read.")
        case WrongMethod():
            message = f"This path takes {error} only."
            return describe(405, "method_not_allowed", message, Allow=str(error))
    return None


def _failure(error: Exception) -> JsonResponse | None:
    """Answer what the caller can only try again."""
    match error:
        case Full():
            return describe(429, "busy", str(error), Retry_After=str(error.retry_after_s))
        case NotReady():
            message = f"The engine cannot answer now: {error}."
            return describe(503, str(error), message, Retry_After=str(RESTART_S))
        case EngineFault():
            return describe(500, "engine_fault", f"The engine failed: {error}.")
        case ClientLeft():
            # The answer is not read.
            return describe(499, "client_left", "The client has left.")
    return None


class JsonErrors:
    """Middleware that answers every exception in JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_exception(self, _: HttpRequest, error: Exception) -> JsonResponse | None:
        return answer(error)


def not_found(_: HttpRequest, exception: Exception) -> JsonResponse:
    """Answer a path that is not served."""
    return describe(404, "not_found", "Nothing is served here.")


def failed(_: HttpRequest) -> JsonResponse:
    """Answer an unexpected failure; the log has the reason, the response does not."""
    return describe(500, "server_error", "The engine failed to answer this request.")


def bad_request(_: HttpRequest, exception: Exception) -> JsonResponse:
    """Answer a request that could not even be read."""
    return describe(400, "validation_error", "The request could not be read.")
