"""Naming a speaker of a transcript afterwards: what is asked, and what is told."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from audio.api.fields import Choice, FiniteFloatField
from voiceprints.api.serializers.people import PersonNameField
from voiceprints.api.serializers.strict_requests import StrictRequest
from voiceprints.transcripts.speaker_naming import SimilarSpeaker
from voiceprints.transcripts.speaker_reassignment import Reassignment, ReassignmentResult


@extend_schema_serializer(component_name="NameSpeaker")
class NameSpeaker(StrictRequest):
    """PATCH /api/transcripts/{id}/speakers/{label}: `person` or `name`."""

    person = serializers.UUIDField(
        required=False, error_messages={"invalid": "expected the id of a person."}
    )
    name = PersonNameField(
        required=False,
        help_text="The person of that name, made where there is none.",
    )
    enrol = serializers.BooleanField(default=False, help_text="Learn the voice from this speaker.")
    also = Choice(
        ("similar",),
        required=False,
        help_text="similar: name the same voice in all other transcripts, where it has no name.",
    )
    threshold = FiniteFloatField(
        required=False,
        min_value=-1,
        max_value=1,
        help_text="With also=similar: least similarity; without it, that of the space.",
    )
    dry_run = serializers.BooleanField(
        default=False, help_text="Only tell what would change: which transcripts, how similar."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One person; a threshold for something."""
        if ("person" in attrs) == ("name" in attrs):
            raise serializers.ValidationError({"person": "expected either person or name."})
        if "threshold" in attrs and "also" not in attrs:
            raise serializers.ValidationError({"threshold": "expected only with also=similar."})
        return attrs

    @property
    def reveals_library(self) -> bool:
        """Whether the answer says who is known, or what is in other transcripts."""
        given = self.validated_data
        return "also" in given or ("name" in given and given["dry_run"])

    def recasting(self, transcript: UUID, label: str) -> Reassignment:
        """What is said of this speaker."""
        given = self.validated_data
        return Reassignment(
            transcript_id=transcript,
            label=label,
            person_id=given.get("person"),
            name=given.get("name", ""),
            enrol=given["enrol"],
            also_similar="also" in given,
            threshold=given.get("threshold"),
        )


@extend_schema_serializer(component_name="NamedPerson")
class NamedPerson(serializers.Serializer[Any]):
    """Who it is; without an id, somebody who would be made."""

    id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()


@extend_schema_serializer(component_name="SimilarSpeaker")
class SimilarAnswer(serializers.Serializer[Any]):
    """A speaker of another transcript who sounds the same."""

    transcript = serializers.UUIDField(source="transcript_id")
    recording_name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    name = serializers.CharField(help_text="Until then.")
    similarity = serializers.SerializerMethodField()
    nameless = serializers.BooleanField(help_text="Who has a name already keeps it.")

    def get_similarity(self, similar: SimilarSpeaker) -> float:
        """As all similarities are told."""
        return round(similar.similarity, 4)


@extend_schema_serializer(component_name="Naming")
class NamingAnswer(serializers.Serializer[Any]):
    """Who bears the name now, or would: in this transcript and in others."""

    object = serializers.CharField(default="naming")
    dry_run = serializers.BooleanField()
    person = NamedPerson()
    speakers = serializers.ListField(child=serializers.CharField(), help_text="Labels.")
    similar = SimilarAnswer(many=True)
    voiceprint = serializers.UUIDField(allow_null=True, help_text="Learned with enrol=true.")


def render_naming(recast: ReassignmentResult, *, dry_run: bool) -> dict[str, object]:
    """What was changed, or would be, as JSON."""
    return {
        "object": "naming",
        "dry_run": dry_run,
        "person": {
            "id": None if recast.person_id is None else str(recast.person_id),
            "name": recast.name,
        },
        "speakers": list(recast.labels),
        "similar": SimilarAnswer(recast.similar, many=True).data,
        "voiceprint": None if recast.voiceprint is None else str(recast.voiceprint.id),
    }
