"""What keys without `voices:read` are told of a change: that it was made, and nothing of people.

Each has an identifier, what is needed to go on, and what the client itself has sent.
"""

from typing import Any

from rest_framework import serializers

from voiceprints.models import Person, Transcript, Voiceprint
from voiceprints.transcripts.speaker_reassignment import Reassignment, ReassignmentResult


class PersonReceipt(serializers.Serializer[Person]):
    """A person who was changed."""

    object = serializers.CharField(default="person", read_only=True)
    id = serializers.UUIDField()
    version = serializers.IntegerField()


class TranscriptReceipt(serializers.Serializer[Transcript]):
    """A transcript that was changed."""

    object = serializers.CharField(default="transcript", read_only=True)
    id = serializers.UUIDField()


class VoiceprintReceipt(serializers.Serializer[Voiceprint]):
    """A voice that was learned."""

    object = serializers.CharField(default="voiceprint", read_only=True)
    id = serializers.UUIDField()
    person = serializers.UUIDField(source="person_id")


class PersonId(serializers.Serializer[Any]):
    """Who it is."""

    id = serializers.UUIDField()


class NamingReceipt(serializers.Serializer[Any]):
    """A speaker who was named: of those who bear that name, only the one of the address."""

    object = serializers.CharField(default="naming")
    dry_run = serializers.BooleanField()
    person = PersonId()
    speakers = serializers.ListField(child=serializers.CharField(), help_text="One label.")
    voiceprint = serializers.UUIDField(allow_null=True)


def render_naming_receipt(
    wanted: Reassignment, done: ReassignmentResult, *, dry_run: bool
) -> dict[str, object]:
    """The same, as JSON."""
    return {
        "object": "naming",
        "dry_run": dry_run,
        "person": {"id": str(done.person_id)},
        "speakers": [wanted.label],
        "voiceprint": None if done.voiceprint is None else str(done.voiceprint.id),
    }
