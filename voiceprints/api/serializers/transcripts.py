"""Requests and answers of the endpoints for stored transcripts."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from audio.api.fields import Choice, NameField
from audio.api.schema.speaker_pages import NamedBlocks, NamedVoice
from audio.formats.renderer import NATIVE_FORMATS
from voiceprints.api.serializers.strict_requests import PageQuery, StrictRequest, VectorQuery
from voiceprints.matching.speaker_voices import withhold_embeddings
from voiceprints.models import Transcript, TranscriptSpeaker
from voiceprints.models.transcripts import Mode, SpeakerSource
from voiceprints.transcripts.transcript_rendering import render_transcript_json
from voiceprints.transcripts.transcript_search import TranscriptSearch

LONGEST_SEARCH = 500


class TranscriptsQuery(PageQuery):
    """GET /api/transcripts: transcripts that pass all filters."""

    q = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=LONGEST_SEARCH,
        help_text='Words of one block, in web search syntax: "a phrase", or, -not.',
    )
    person = serializers.UUIDField(
        required=False,
        error_messages={"invalid": "expected the id of a person."},
        help_text="Only transcripts in which this person speaks.",
    )
    recording = serializers.CharField(
        required=False, max_length=LONGEST_SEARCH, help_text="A part of the recording's name."
    )
    since = serializers.DateTimeField(
        required=False,
        help_text="Recorded then or later; without a recording date, stored then or later.",
    )
    until = serializers.DateTimeField(
        required=False,
        help_text="Recorded before then; without a recording date, stored before then.",
    )

    def search(self) -> TranscriptSearch:
        """Return the search that the query asks for."""
        query = self.validated_data
        return TranscriptSearch(
            words=query.get("q", ""),
            person=query.get("person"),
            recording=query.get("recording", ""),
            since=query.get("since"),
            until=query.get("until"),
        )


class TranscriptQuery(VectorQuery):
    """GET /api/transcripts/{id}."""

    format = Choice(NATIVE_FORMATS, default="json")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse vectors in text formats."""
        if "include" in attrs and attrs["format"] != "json":
            raise serializers.ValidationError({"include": "expected only with format=json."})
        return attrs


@extend_schema_serializer(component_name="TranscriptChange")
class TranscriptChange(StrictRequest):
    """PATCH /api/transcripts/{id}: fields that are not sent keep their values."""

    recording_name = NameField(required=False, allow_blank=True, max_length=500)
    recorded_at = serializers.DateTimeField(required=False, allow_null=True)
    retain_until = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Null: until the transcript is deleted."
    )

    def validate_retain_until(self, until: Any) -> Any:
        """Refuse a time in the past, which would delete the transcript."""
        if until is not None and until <= timezone.now():
            raise serializers.ValidationError(
                "expected a time in the future; use DELETE to delete the transcript now."
            )
        return until


@extend_schema_serializer(component_name="TranscriptSpeaker")
class SpeakerAnswer(serializers.Serializer[Any]):
    """A speaker of a transcript."""

    label = serializers.CharField()  # type: ignore[assignment]
    name = serializers.CharField()
    person = serializers.UUIDField(source="person_id", allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]
    speech_s = serializers.SerializerMethodField()

    def get_speech_s(self, speaker: TranscriptSpeaker) -> float:
        """Return the seconds of speech, rounded to milliseconds."""
        return round(speaker.speech_s, 3)


class TranscriptFacts(serializers.Serializer[Any]):
    """A transcript without its text."""

    object = serializers.CharField(default="transcript", read_only=True)
    id = serializers.UUIDField()
    recording_name = serializers.CharField()
    duration = serializers.FloatField()
    language = serializers.CharField()
    mode = Choice(Mode.values)
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()
    recorded_at = serializers.DateTimeField(allow_null=True)
    retain_until = serializers.DateTimeField(allow_null=True)


@extend_schema_serializer(component_name="TranscriptEntry")
class TranscriptEntry(TranscriptFacts):
    """A transcript in a list."""

    speakers = SpeakerAnswer(many=True)


@extend_schema_serializer(component_name="KeptVoice")
class StoredSpeaker(NamedVoice):
    """A speaker, and the person whom the speaker is assigned to now."""

    source = Choice(SpeakerSource.values)
    person = serializers.UUIDField(allow_null=True)
    fingerprint = serializers.ListField(
        child=serializers.FloatField(),
        allow_null=True,
        required=False,
        help_text="Only with include=vector; null without an embedding or valid consent.",
    )


@extend_schema_serializer(component_name="Transcript")
class TranscriptAnswer(TranscriptFacts, NamedBlocks):
    """The answer of label-merge as it was stored, with the speakers' current names."""

    speakers = StoredSpeaker(many=True)
    fingerprints = None  # type: ignore[assignment]
    transcript_id = None  # type: ignore[assignment]


def render_transcript(transcript: Transcript, *, with_vectors: bool = False) -> dict[str, object]:
    """Return a transcript as JSON, with its text."""
    if with_vectors:
        withhold_embeddings(transcript)
    return {
        **TranscriptFacts(transcript).data,
        **render_transcript_json(transcript, with_vectors=with_vectors),
    }
