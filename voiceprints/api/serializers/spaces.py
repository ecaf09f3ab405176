"""Answers of the endpoint for spaces."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from voiceprints.models import Space


@extend_schema_serializer(component_name="Space")
class SpaceAnswer(serializers.Serializer[Any]):
    """An embedding model, with the threshold and margin of its similarities, as cosines."""

    object = serializers.CharField(default="space", read_only=True)
    name = serializers.SerializerMethodField(help_text="The space's name at its engine.")
    model = serializers.CharField()
    revision = serializers.CharField()
    dimension = serializers.IntegerField()
    threshold = serializers.FloatField()
    margin = serializers.FloatField()

    def get_name(self, space: Space) -> str:
        """Return the name that requests use."""
        return str(space)
