"""Answers to changes by keys without `voices:read`, which reveal nothing about people.

Each holds an identifier, what the client needs for its next request, and what the client has sent.
"""

from typing import Any

from rest_framework import serializers

from voiceprints.models import Person, Transcript, Voiceprint
from voiceprints.transcripts.speaker_reassignment import Reassignment, ReassignmentResult


class PersonReceipt(serializers.Serializer[Person]):
    """The receipt for a changed person."""

    object = serializers.CharField(default="person", read_only=True)
    id = serializers.UUIDField()
    version = serializers.IntegerField()


class TranscriptReceipt(serializers.Serializer[Transcript]):
    """The receipt for a changed transcript."""

    object = serializers.CharField(default="transcript", read_only=True)
    id = serializers.UUIDField()


class VoiceprintReceipt(serializers.Serializer[Voiceprint]):
    """The receipt for an enrolled voice."""

    object = serializers.CharField(default="voiceprint", read_only=True)
    id = serializers.UUIDField()
    person = serializers.UUIDField(source="person_id")


class PersonId(serializers.Serializer[Any]):
    """The identifier of a person."""

    id = serializers.UUIDField()


class NamingReceipt(serializers.Serializer[Any]):
    """The receipt for a named speaker; other speakers with that name are not listed."""

    object = serializers.CharField(default="naming")
    dry_run = serializers.BooleanField()
    person = PersonId()
    speakers = serializers.ListField(child=serializers.CharField(), help_text="One label.")
    voiceprint = serializers.UUIDField(allow_null=True)


def render_naming_receipt(
    reassignment: Reassignment, result: ReassignmentResult, *, dry_run: bool
) -> dict[str, object]:
    """Return the receipt as JSON."""
    return {
        "object": "naming",
        "dry_run": dry_run,
        "person": {"id": str(result.person_id)},
        "speakers": [reassignment.label],
        "voiceprint": None if result.voiceprint is None else str(result.voiceprint.id),
    }
