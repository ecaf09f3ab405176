"""The answers of whether the gateway is alive and ready."""

from typing import Any

from rest_framework import serializers

from audio.fields import Choice

STATES = ("ready", "down", "not_configured")


class Status(serializers.Serializer[Any]):
    """The process serves requests."""

    status = Choice(("alive", "healthy"))


class Readiness(serializers.Serializer[Any]):
    """Each part, and all of it."""

    status = Choice(("ready", "not_ready"))
    parakeet = Choice(STATES)
    kokoro = Choice(STATES)
    database = Choice(STATES)
