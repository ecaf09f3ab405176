"""Answers of the endpoint for spaces."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from voiceprints.matching.space_thresholds import explain_threshold
from voiceprints.models import Space
from voiceprints.models.spaces import ThresholdSource


@extend_schema_serializer(component_name="Space")
class SpaceAnswer(serializers.Serializer[Any]):
    """An embedding model, with the threshold and margin of its similarities, as cosines."""

    object = serializers.CharField(default="space", read_only=True)
    name = serializers.SerializerMethodField(help_text="The space's name at its engine.")
    model = serializers.CharField()
    revision = serializers.CharField()
    dimension = serializers.IntegerField()
    threshold = serializers.FloatField()
    threshold_source = serializers.ChoiceField(
        ThresholdSource.choices, help_text="What the threshold comes from."
    )
    threshold_reason = serializers.SerializerMethodField(
        help_text="Why the space has this threshold, in one sentence."
    )
    margin = serializers.FloatField()

    def get_name(self, space: Space) -> str:
        """Return the name that requests use."""
        return str(space)

    def get_threshold_reason(self, space: Space) -> str:
        """Return why the space has its threshold."""
        return explain_threshold(space)
