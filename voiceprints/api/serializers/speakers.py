"""The request and the answer of naming a speaker of a stored transcript."""

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
        help_text="The person with this name, who is added if the library has none.",
    )
    enrol = serializers.BooleanField(
        default=False, help_text="Enrol the speaker's voice for the person."
    )
    also = Choice(
        ("similar",),
        required=False,
        help_text="similar: also name unnamed speakers of other transcripts with the same voice.",
    )
    threshold = FiniteFloatField(
        required=False,
        min_value=-1,
        max_value=1,
        help_text="With also=similar: the lowest similarity; by default the space's threshold.",
    )
    dry_run = serializers.BooleanField(
        default=False, help_text="Change nothing; answer what would change."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require one person, and a threshold only where it has an effect."""
        if ("person" in attrs) == ("name" in attrs):
            raise serializers.ValidationError({"person": "expected either person or name."})
        if "threshold" in attrs and "also" not in attrs:
            raise serializers.ValidationError({"threshold": "expected only with also=similar."})
        return attrs

    @property
    def reveals_library(self) -> bool:
        """Return whether the answer reveals who is known, or other transcripts."""
        fields = self.validated_data
        return "also" in fields or ("name" in fields and fields["dry_run"])

    def reassignment(self, transcript: UUID, label: str) -> Reassignment:
        """Return the requested reassignment of the speaker."""
        fields = self.validated_data
        return Reassignment(
            transcript_id=transcript,
            label=label,
            person_id=fields.get("person"),
            name=fields.get("name", ""),
            enrol=fields["enrol"],
            also_similar="also" in fields,
            threshold=fields.get("threshold"),
        )


@extend_schema_serializer(component_name="NamedPerson")
class NamedPerson(serializers.Serializer[Any]):
    """The person; `id` is null in a dry run that would add the person."""

    id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()


@extend_schema_serializer(component_name="SimilarSpeaker")
class SimilarAnswer(serializers.Serializer[Any]):
    """A speaker of another transcript with a similar voice."""

    transcript = serializers.UUIDField(source="transcript_id")
    recording_name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    name = serializers.CharField(help_text="The speaker's name before this request.")
    similarity = serializers.SerializerMethodField()
    nameless = serializers.BooleanField(
        help_text="Whether the speaker had no person; named speakers are not changed."
    )

    def get_similarity(self, similar: SimilarSpeaker) -> float:
        """Return the similarity, rounded as in all answers."""
        return round(similar.similarity, 4)


@extend_schema_serializer(component_name="Naming")
class NamingAnswer(serializers.Serializer[Any]):
    """The speakers that have the name now, or would have it, in this transcript and others."""

    object = serializers.CharField(default="naming")
    dry_run = serializers.BooleanField()
    person = NamedPerson()
    speakers = serializers.ListField(child=serializers.CharField(), help_text="Labels.")
    similar = SimilarAnswer(many=True)
    voiceprint = serializers.UUIDField(allow_null=True, help_text="Set with enrol=true.")


def render_naming(result: ReassignmentResult, *, dry_run: bool) -> dict[str, object]:
    """Return as JSON what was changed, or would be in a dry run."""
    return {
        "object": "naming",
        "dry_run": dry_run,
        "person": {
            "id": None if result.person_id is None else str(result.person_id),
            "name": result.name,
        },
        "speakers": list(result.labels),
        "similar": SimilarAnswer(result.similar, many=True).data,
        "voiceprint": None if result.voiceprint is None else str(result.voiceprint.id),
    }
