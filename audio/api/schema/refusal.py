"""The error envelope as a component of the OpenAPI schema."""

from typing import Any

from rest_framework import serializers

from audio.api.fields import Choice


class Reason(serializers.Serializer[Any]):
    """Why a request was refused."""

    message = serializers.CharField(help_text="A sentence that says what to do.")
    type = Choice(("invalid_request_error", "server_error"))
    param = serializers.CharField(allow_null=True, help_text="The field that the error is about.")
    code = serializers.CharField(allow_null=True)


class Refusal(serializers.Serializer[Any]):
    """The error envelope of every endpoint."""

    error = Reason()
