"""Jobs, as they are asked for and told."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from audio.api.fields import Choice
from audio.api.serializers.speakers import LabelMergeRequest, TranscribeWithSpeakersRequest
from audio.formats.renderer import render
from audio.formats.stored_transcript import stored_transcript
from voiceprints.api.serializers.strict_requests import PageQuery
from voiceprints.jobs.webhook_addresses import WebhookRefused, target_of
from voiceprints.models import Job
from voiceprints.models.jobs import JobKind, JobState
from voiceprints.transcripts.transcript_rendering import render_transcript_json

# An archive is no request: its recordings lie on disk.
KINDS = (JobKind.LABEL_MERGE.value, JobKind.TRANSCRIBE.value)
CALL_STATES = ("waiting", "delivered", "failed")
LONGEST_URL = 2000


class JobRequest(serializers.Serializer[Any]):
    """What a job has besides the fields of the endpoint of its kind."""

    kind = Choice(KINDS, help_text="The endpoint of that name does the work, with its fields.")
    include = serializers.ChoiceField(
        choices=("vector",),
        required=False,
        error_messages={"invalid_choice": "expected vector."},
        help_text="vector: the result has fingerprints, until it is deleted.",
    )
    webhook_url = serializers.CharField(
        required=False,
        max_length=LONGEST_URL,
        help_text="Is sent a signed POST when the job has ended; its host is in WEBHOOK_HOSTS.",
    )

    def validate_webhook_url(self, url: str) -> str:
        """Only hosts that the operator has listed are called."""
        try:
            target_of(url)
        except WebhookRefused as refused:
            raise serializers.ValidationError(str(refused)) from refused
        return url


def refuse_unknown(sent: Iterable[str], *known: serializers.Serializer[Any]) -> None:
    """Refuse what nobody would read: whoever is told so later cannot mend it.

    Raises
    ------
    ValidationError
    """
    names = list(dict.fromkeys(name for one in known for name in map(str, one.fields)))
    for name in sent:
        if name not in names:
            expected = f"unknown; expected one of {', '.join(names)}."
            raise serializers.ValidationError({str(name)[:80]: expected})


@extend_schema_serializer(component_name="LabelMergeJob")
class LabelMergeJob(JobRequest, LabelMergeRequest):
    """For the schema: all fields of a job of kind label-merge."""

    kind = Choice((JobKind.LABEL_MERGE.value,))


@extend_schema_serializer(component_name="TranscribeWithSpeakersJob")
class TranscribeWithSpeakersJob(JobRequest, TranscribeWithSpeakersRequest):
    """For the schema: all fields of a job of kind transcribe-with-speakers."""

    kind = Choice((JobKind.TRANSCRIBE.value,))


class JobsQuery(PageQuery):
    """GET /api/jobs."""

    state = Choice(JobState.values, required=False)


class WebhookAnswer(serializers.Serializer[Any]):
    """Whether whoever asked to be called was."""

    url = serializers.CharField()
    state = Choice(CALL_STATES)


@extend_schema_serializer(component_name="JobEntry")
class JobEntry(serializers.Serializer[Any]):
    """A job in a list."""

    object = serializers.CharField(default="job", read_only=True)
    id = serializers.UUIDField()
    kind = serializers.CharField()
    name = serializers.CharField(help_text="What the recordings are called.")
    state = Choice(JobState.values)
    progress = serializers.FloatField(help_text="0 to 1, of the attempt under way.")
    attempts = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    transcript_id = serializers.UUIDField(allow_null=True)
    error = serializers.SerializerMethodField(help_text="As every refusal: message, code, param.")
    webhook = serializers.SerializerMethodField()

    @extend_schema_field({"type": "object", "nullable": True})
    def get_error(self, job: Job) -> Any:
        """Why it failed."""
        return job.error

    @extend_schema_field(WebhookAnswer(allow_null=True))
    def get_webhook(self, job: Job) -> Any:
        """Whom it calls."""
        if not job.webhook_url:
            return None
        return {"url": job.webhook_url, "state": job.webhook_state}


@extend_schema_serializer(component_name="Job")
class JobAnswer(JobEntry):
    """A job with its result."""

    result = serializers.SerializerMethodField(
        help_text="What the endpoint answers: an object, or for text formats a text."
    )
    warnings = serializers.ListField(child=serializers.DictField())

    @extend_schema_field({"nullable": True})
    def get_result(self, job: Job) -> Any:
        """Of a stored transcript as it stands now; the names of now are for who may read them."""
        if job.transcript is None:
            return job.result
        may_read = self.context["may_read"]
        told = render_transcript_json(job.transcript) if may_read else job.transcript.result
        return render(stored_transcript(told), job.options.get("format") or "json")
