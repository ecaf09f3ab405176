"""Requests and answers of the endpoints for voiceprints."""

from typing import Any

import numpy as np
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from audio.api.fields import FiniteFloatField, NameField
from audio.api.serializers.recordings import AudioField
from audio.merge.naming.voices.voice_similarity import unit
from audio.merge.values import Embedding
from audio.timelines.plain_list import is_finite
from voiceprints.api.serializers.strict_requests import PageQuery, StrictRequest, VectorQuery
from voiceprints.models import DIMENSION, Space, Voiceprint

MOST_RECORDINGS = 20


class VoiceprintsQuery(VectorQuery, PageQuery):
    """GET /api/people/{id}/voiceprints."""


@extend_schema_field({"type": "array", "items": {"type": "number"}, "minItems": DIMENSION})
class EmbeddingField(serializers.Field[Embedding, Any, Any, Any]):
    """An embedding of one voice, of any scale."""

    expected = f"expected a list of {DIMENSION} finite numbers, not all zero."

    def to_internal_value(self, data: Any) -> Embedding:
        if not isinstance(data, list) or len(data) != DIMENSION or not all(map(is_finite, data)):
            raise serializers.ValidationError(self.expected)
        vector = np.array(data, dtype=np.float64)
        largest = float(np.abs(vector).max())
        if largest == 0:
            raise serializers.ValidationError(self.expected)
        # Scaled before its norm is taken: squares of very large or small numbers overflow.
        return unit(vector / largest)

    def to_representation(self, value: Any) -> list[float]:
        return [float(number) for number in value]


@extend_schema_serializer(component_name="NewVoiceprint")
class NewVoiceprint(StrictRequest):
    """POST /api/people/{id}/voiceprints, in one of four forms.

    `file`: one or more recordings of this person alone. `transcript` and `speaker`: a speaker of a
    stored transcript. `transcript` and `speaker` with `file`, `start` and `end`: a span of the
    transcript's recording. `fingerprint` and `space`: an embedding.
    """

    file = serializers.ListField(
        child=AudioField(),
        required=False,
        allow_empty=False,
        max_length=MOST_RECORDINGS,
        help_text="Only as multipart; may be repeated.",
    )
    transcript = serializers.UUIDField(
        required=False, error_messages={"invalid": "expected the id of a transcript."}
    )
    speaker = serializers.CharField(
        required=False, max_length=200, help_text="The label of a speaker in the transcript."
    )
    start = FiniteFloatField(required=False, min_value=0, help_text="In seconds, with file.")
    end = FiniteFloatField(required=False, min_value=0, help_text="In seconds, with file.")
    fingerprint = EmbeddingField(required=False)
    space = NameField(
        required=False,
        max_length=200,
        help_text="The fingerprint's space, as its engine names it.",
    )

    def validate_space(self, space: str) -> str:
        """Require the name of a model, optionally with its revision after an @."""
        if not space.partition("@")[0].strip():
            raise serializers.ValidationError("expected the name of an embedding model.")
        return space

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require exactly the fields of one of the four forms."""
        fields = frozenset(attrs)
        if fields not in _FORMS:
            raise serializers.ValidationError({_wrong_field(fields): _EXPECTED})
        if "start" in attrs and not attrs["start"] < attrs["end"]:
            raise serializers.ValidationError({"end": "expected a time after start."})
        if "start" in attrs and len(attrs["file"]) > 1:
            raise serializers.ValidationError({"file": "expected one recording with start."})
        return attrs


_FORMS = (
    frozenset({"file"}),
    frozenset({"transcript", "speaker"}),
    frozenset({"transcript", "speaker", "file", "start", "end"}),
    frozenset({"fingerprint", "space"}),
)
_EXPECTED = (
    "expected file; or transcript and speaker, optionally with file, start and end; or "
    "fingerprint and space."
)


def _wrong_field(fields: frozenset[str]) -> str:
    """Return a field that the nearest form lacks or has in excess."""
    nearest = min(_FORMS, key=lambda form: len(form ^ fields))
    return min((nearest - fields) or (fields - nearest))


@extend_schema_field({"type": "string", "example": "campplus@92f2"})
class SpaceField(NameField):
    """A space of the library, by the name that engines use."""

    def to_internal_value(self, data: Any) -> Space:  # type: ignore[override]
        known = Space.named(super().to_internal_value(data))
        if known is None:
            raise serializers.ValidationError("unknown; expected a name from GET /api/spaces.")
        return known


@extend_schema_serializer(component_name="Voiceprint")
class VoiceprintAnswer(serializers.Serializer[Any]):
    """A voiceprint; with its vector only on request, and never with its sample's location."""

    object = serializers.CharField(default="voiceprint", read_only=True)
    id = serializers.UUIDField()
    person = serializers.UUIDField(source="person_id")
    space = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    speech_s = serializers.FloatField(allow_null=True)
    quality = serializers.DictField()
    sample_start_s = serializers.FloatField(allow_null=True)
    sample_end_s = serializers.FloatField(allow_null=True)
    sample_kept = serializers.BooleanField(source="sample", read_only=True)
    transcript = serializers.UUIDField(
        source="transcript_speaker.transcript_id", allow_null=True, default=None
    )
    speaker = serializers.CharField(
        source="transcript_speaker.label", allow_null=True, default=None
    )
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    vector = serializers.ListField(
        child=serializers.FloatField(), required=False, help_text="Only with include=vector."
    )

    def get_fields(self) -> dict[str, Any]:
        """Leave out the vector unless it was requested."""
        fields = super().get_fields()
        if self.context.get("vectors") is False:
            del fields["vector"]
        return fields


def render_voiceprint(voiceprint: Voiceprint, *, with_vector: bool = False) -> dict[str, object]:
    """Return a voiceprint as JSON."""
    return dict(VoiceprintAnswer(voiceprint, context={"vectors": with_vector}).data)
