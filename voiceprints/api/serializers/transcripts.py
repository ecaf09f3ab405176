"""Kept transcripts, as they are searched, changed and told."""

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
    """GET /api/transcripts: every filter narrows."""

    q = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=LONGEST_SEARCH,
        help_text='Words that one block has, as search engines read them: "so", or, -not.',
    )
    person = serializers.UUIDField(
        required=False,
        error_messages={"invalid": "expected the id of a person."},
        help_text="Where this person speaks.",
    )
    recording = serializers.CharField(
        required=False, max_length=LONGEST_SEARCH, help_text="A part of the recording's name."
    )
    since = serializers.DateTimeField(
        required=False, help_text="Recorded then or later; stored, where that is not known."
    )
    until = serializers.DateTimeField(required=False, help_text="Recorded before; as since.")

    def search(self) -> TranscriptSearch:
        """What is looked for."""
        given = self.validated_data
        return TranscriptSearch(
            words=given.get("q", ""),
            person=given.get("person"),
            recording=given.get("recording", ""),
            since=given.get("since"),
            until=given.get("until"),
        )


class TranscriptQuery(VectorQuery):
    """GET /api/transcripts/{id}."""

    format = Choice(NATIVE_FORMATS, default="json")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Text has no place for numbers."""
        if "include" in attrs and attrs["format"] != "json":
            raise serializers.ValidationError({"include": "expected only with format=json."})
        return attrs


@extend_schema_serializer(component_name="TranscriptChange")
class TranscriptChange(StrictRequest):
    """PATCH /api/transcripts/{id}: what is not named stays."""

    recording_name = NameField(required=False, allow_blank=True, max_length=500)
    recorded_at = serializers.DateTimeField(required=False, allow_null=True)
    retain_until = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Null: until somebody deletes it."
    )

    def validate_retain_until(self, until: Any) -> Any:
        """Deleting has a method of its own."""
        if until is not None and until <= timezone.now():
            raise serializers.ValidationError("expected a time to come; to delete now, DELETE.")
        return until


@extend_schema_serializer(component_name="TranscriptSpeaker")
class SpeakerAnswer(serializers.Serializer[Any]):
    """Somebody who speaks in a transcript."""

    label = serializers.CharField()  # type: ignore[assignment]
    name = serializers.CharField()
    person = serializers.UUIDField(source="person_id", allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]
    speech_s = serializers.SerializerMethodField()

    def get_speech_s(self, speaker: TranscriptSpeaker) -> float:
        """Without what sums of floats leave behind."""
        return round(speaker.speech_s, 3)


class About(serializers.Serializer[Any]):
    """What is known of a transcript besides what was said."""

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
class TranscriptEntry(About):
    """A transcript in a list."""

    speakers = SpeakerAnswer(many=True)


class KeptVoice(NamedVoice):
    """A speaker, and who that is by now."""

    source = Choice(SpeakerSource.values)
    person = serializers.UUIDField(allow_null=True)
    fingerprint = serializers.ListField(
        child=serializers.FloatField(),
        allow_null=True,
        required=False,
        help_text="Only with include=vector; null where there is none that may be used.",
    )


@extend_schema_serializer(component_name="Transcript")
class TranscriptAnswer(About, NamedBlocks):
    """The answer of label-merge as it was given, under the names of now."""

    speakers = KeptVoice(many=True)
    fingerprints = None  # type: ignore[assignment]
    transcript_id = None  # type: ignore[assignment]


def render_transcript(transcript: Transcript, *, with_vectors: bool = False) -> dict[str, object]:
    """A transcript as JSON, with all that was said."""
    if with_vectors:
        withhold_embeddings(transcript)
    return {
        **About(transcript).data,
        **render_transcript_json(transcript, with_vectors=with_vectors),
    }
