"""Exceptions for requests that cannot be served; `errors.py` renders them for the client."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from django.core.exceptions import SuspiciousOperation
from rest_framework.exceptions import APIException


class InvalidRequest(APIException):
    """A request that cannot be served; the message names the field and what was expected.

    `headers` are sent with the error, and `details` are added beside its message.
    """

    status_code: int = HTTPStatus.BAD_REQUEST
    headers: Mapping[str, str] = {}
    details: Mapping[str, object] = {}

    def __init__(
        self, message: str, *, param: str | None = None, code: str = "invalid_value"
    ) -> None:
        super().__init__(message, code)
        self.param = param


class ModelNotFound(InvalidRequest):
    """A model that this gateway does not serve."""

    status_code = HTTPStatus.NOT_FOUND

    def __init__(self, model: str, reason: str = "does not exist") -> None:
        super().__init__(
            f"The model '{model[:100]}' {reason}.", param="model", code="model_not_found"
        )


class EngineNotFound(InvalidRequest):
    """An engine that this gateway does not know."""

    status_code = HTTPStatus.NOT_FOUND

    def __init__(self, name: str, names: Sequence[str]) -> None:
        expected = f"expected one of {', '.join(names)}."
        super().__init__(f"The engine '{name[:100]}' does not exist; {expected}", param="name")


class UploadTooLarge(SuspiciousOperation):
    """A request body over the limit."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"Maximum content size limit ({limit} bytes) exceeded.")
