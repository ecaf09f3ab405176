"""Requests and answers of the endpoints for jobs."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from audio.api.fields import Choice
from audio.api.serializers.speakers import LabelMergeRequest, TranscribeWithSpeakersRequest
from audio.formats.renderer import render
from audio.formats.stored_transcript import stored_transcript
from voiceprints.api.serializers.strict_requests import PageQuery
from voiceprints.jobs.webhook_addresses import WebhookRefused, parse_webhook_url
from voiceprints.models import Job
from voiceprints.models.jobs import JobKind, JobState
from voiceprints.transcripts.transcript_rendering import render_transcript_json

# Archives are submitted by a command only: their recordings are on the server's disk.
KINDS = (JobKind.LABEL_MERGE.value, JobKind.TRANSCRIBE.value)
WEBHOOK_STATES = ("waiting", "delivered", "failed")
LONGEST_URL = 2000


class JobRequest(serializers.Serializer[Any]):
    """The fields of a job besides those of the endpoint that does its work."""

    kind = Choice(
        KINDS, help_text="The endpoint that does the work. The job takes its fields too."
    )
    include = serializers.ChoiceField(
        choices=("vector",),
        required=False,
        error_messages={"invalid_choice": "expected vector."},
        help_text="vector: the stored result includes fingerprints.",
    )
    webhook_url = serializers.CharField(
        required=False,
        max_length=LONGEST_URL,
        help_text="Gets a signed POST when the job ends. WEBHOOK_HOSTS must list its host, with "
        "the port unless that is 443.",
    )

    def validate_webhook_url(self, url: str) -> str:
        """Refuse hosts that the operator has not listed."""
        try:
            parse_webhook_url(url)
        except WebhookRefused as refused:
            raise serializers.ValidationError(str(refused)) from refused
        return url


def refuse_unknown(sent: Iterable[str], *known: serializers.Serializer[Any]) -> None:
    """Refuse unknown fields now: a job that ignored them would end with the wrong result.

    Raises
    ------
    ValidationError
    """
    names = list(dict.fromkeys(name for form in known for name in map(str, form.fields)))
    for name in sent:
        if name not in names:
            expected = f"unknown; expected one of {', '.join(names)}."
            raise serializers.ValidationError({str(name)[:80]: expected})


@extend_schema_serializer(component_name="LabelMergeJob")
class LabelMergeJob(JobRequest, LabelMergeRequest):
    """All fields of a job of kind label-merge, for the OpenAPI schema."""

    kind = Choice((JobKind.LABEL_MERGE.value,))


@extend_schema_serializer(component_name="TranscribeWithSpeakersJob")
class TranscribeWithSpeakersJob(JobRequest, TranscribeWithSpeakersRequest):
    """All fields of a job of kind transcribe-with-speakers, for the OpenAPI schema."""

    kind = Choice((JobKind.TRANSCRIBE.value,))


class JobsQuery(PageQuery):
    """GET /api/jobs."""

    state = Choice(JobState.values, required=False)


class WebhookAnswer(serializers.Serializer[Any]):
    """The webhook of a job, and whether it was delivered."""

    url = serializers.CharField()
    state = Choice(WEBHOOK_STATES)


@extend_schema_serializer(component_name="JobEntry")
class JobEntry(serializers.Serializer[Any]):
    """A job in a list."""

    object = serializers.CharField(default="job", read_only=True)
    id = serializers.UUIDField()
    kind = serializers.CharField()
    name = serializers.CharField(help_text="The file names of the recordings.")
    state = Choice(JobState.values)
    progress = serializers.FloatField(help_text="Progress of the current attempt, from 0 to 1.")
    attempts = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    transcript_id = serializers.UUIDField(allow_null=True)
    error = serializers.SerializerMethodField(
        help_text="Why the job failed, as in error answers: message, type, param and code."
    )
    webhook = serializers.SerializerMethodField()

    @extend_schema_field({"type": "object", "nullable": True})
    def get_error(self, job: Job) -> Any:
        """Return why the job failed."""
        return job.error

    @extend_schema_field(WebhookAnswer(allow_null=True))
    def get_webhook(self, job: Job) -> Any:
        """Return the webhook of the job, if it has one."""
        if not job.webhook_url:
            return None
        return {"url": job.webhook_url, "state": job.webhook_state}


@extend_schema_serializer(component_name="Job")
class JobAnswer(JobEntry):
    """A job with its result."""

    result = serializers.SerializerMethodField(
        help_text="The endpoint's answer: an object, or a string for text formats."
    )
    warnings = serializers.ListField(child=serializers.DictField())

    @extend_schema_field({"nullable": True})
    def get_result(self, job: Job) -> Any:
        """Return the result; keys that may read get current names in a stored transcript."""
        if job.transcript is None:
            return _with_formats(job, job.result)
        may_read = self.context["may_read"]
        result = render_transcript_json(job.transcript) if may_read else job.transcript.result
        return _with_formats(job, render(stored_transcript(result), _form_of(job)))


def _form_of(job: Job) -> str:
    return str(job.options.get("format") or "json")


def _with_formats(job: Job, result: Any) -> Any:
    """Add the text formats that the job asked for, made of the result as it is now."""
    given = job.options.get("formats")
    if job.kind != JobKind.LABEL_MERGE or not given or not isinstance(result, dict):
        return result
    names = (
        LabelMergeRequest()
        .fields["formats"]
        .run_validation([given] if isinstance(given, str) else given)
    )
    transcript = stored_transcript(result)
    return {**result, "formats": {name: render(transcript, name) for name in names}}
