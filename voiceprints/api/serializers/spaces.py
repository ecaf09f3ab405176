"""Spaces, as they are told."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from voiceprints.models import Space


@extend_schema_serializer(component_name="Space")
class SpaceAnswer(serializers.Serializer[Any]):
    """An embedding model, and when two of its fingerprints are one voice, as cosines."""

    object = serializers.CharField(default="space", read_only=True)
    name = serializers.SerializerMethodField(help_text="What its engine calls it.")
    model = serializers.CharField()
    revision = serializers.CharField()
    dimension = serializers.IntegerField()
    threshold = serializers.FloatField()
    margin = serializers.FloatField()

    def get_name(self, space: Space) -> str:
        """As requests name it."""
        return str(space)
