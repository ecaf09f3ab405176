"""The request and the answer of speaker identification."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from audio.api.serializers.recordings import AudioField
from audio.merge.naming.voices.open_set_identification import Identification
from voiceprints.api.serializers.strict_requests import StrictRequest
from voiceprints.api.serializers.voiceprints import EmbeddingField, SpaceField
from voiceprints.matching.voice_matching import KnownPerson

MOST_CANDIDATES = 50


@extend_schema_serializer(component_name="Identify")
class IdentifyRequest(StrictRequest):
    """POST /api/voiceprints/identify: `file`, or `fingerprint` and `space`."""

    file = AudioField(required=False, help_text="A recording of one or more speakers.")
    fingerprint = EmbeddingField(required=False)
    space = SpaceField(required=False, help_text="The embedding space of the fingerprint.")
    limit = serializers.IntegerField(
        default=5,
        min_value=1,
        max_value=MOST_CANDIDATES,
        help_text="The largest number of candidates for a speaker.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require either a recording or an embedding with its space."""
        if ("file" in attrs) == ("fingerprint" in attrs):
            raise serializers.ValidationError(
                {"file": "expected either file, or fingerprint and space."}
            )
        if ("space" in attrs) != ("fingerprint" in attrs):
            raise serializers.ValidationError({"space": "expected together with fingerprint."})
        return attrs


@extend_schema_serializer(component_name="PersonName")
class PersonName(serializers.Serializer[Any]):
    """A person's identifier and name."""

    id = serializers.UUIDField()
    name = serializers.CharField()


@extend_schema_serializer(component_name="Candidate")
class CandidateAnswer(serializers.Serializer[Any]):
    """A person whose voice it may be, and the similarity as a cosine."""

    person = PersonName()
    similarity = serializers.FloatField()


@extend_schema_serializer(component_name="IdentifiedSpeaker")
class IdentifiedSpeaker(serializers.Serializer[Any]):
    """A speaker's candidates, nearest first; `person` where the decision is `match`."""

    label = serializers.CharField(allow_null=True, help_text="Null for a given fingerprint.")  # type: ignore[assignment]
    speech_s = serializers.FloatField(allow_null=True)
    decision = serializers.ChoiceField(choices=("match", "ambiguous", "unknown"))
    person = PersonName(allow_null=True)
    margin = serializers.FloatField(allow_null=True)
    candidates = CandidateAnswer(many=True)


@extend_schema_serializer(component_name="Identification")
class IdentificationAnswer(serializers.Serializer[Any]):
    """Every speaker of a recording, or one speaker for a given fingerprint."""

    object = serializers.CharField(default="identification")
    speakers = IdentifiedSpeaker(many=True)


def render_speaker(
    label: str | None, speech_s: float | None, identification: Identification[KnownPerson]
) -> dict[str, object]:
    """Return one speaker and the candidates as JSON."""
    candidates = [
        {
            "person": {"id": str(candidate.person_id), "name": candidate.name},
            "similarity": round(candidate.similarity, 4),
        }
        for candidate in identification.candidates
    ]
    return {
        "label": label,
        "speech_s": None if speech_s is None else round(speech_s, 3),
        "decision": identification.decision,
        "person": candidates[0]["person"] if identification.match else None,
        "margin": None if identification.margin is None else round(identification.margin, 4),
        "candidates": candidates,
    }
