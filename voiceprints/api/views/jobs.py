"""The endpoints for jobs, which a client submits now and workers do later."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.db.models import QuerySet
from django.http import QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer
from rest_framework.exceptions import NotAuthenticated, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from audio.api.authentication import (
    ANONYMOUS,
    AUDIO,
    VOICES_READ,
    VOICES_WRITE,
    client_of,
    require,
)
from audio.media.recording import Recording
from audio.pipeline.audio_quota import charged, measured_s
from voiceprints.api.idempotency import Created, create_once
from voiceprints.api.library_errors import ResourceNotFound
from voiceprints.api.pagination import CursorPages, paginate
from voiceprints.api.schema.job_examples import ENDED, SUBMITTED
from voiceprints.api.schema.operations import IDEMPOTENCY_KEY, document, page_schema
from voiceprints.api.serializers.jobs import (
    JobAnswer,
    JobEntry,
    JobRequest,
    JobsQuery,
    LabelMergeJob,
    TranscribeWithSpeakersJob,
    refuse_unknown,
)
from voiceprints.api.serializers.strict_requests import NoQuery
from voiceprints.api.views.library_view import LibraryView, parse_id
from voiceprints.jobs.completion import cancel_job
from voiceprints.jobs.job_results import REQUESTS, EndpointRequest
from voiceprints.jobs.submission import Submission, submit_job
from voiceprints.models import Job, audit
from voiceprints.models.audit import Action
from voiceprints.models.jobs import JobKind
from voiceprints.people.erasure_marks import work_marked
from voiceprints.transcripts.result_names import without_nul

TAG = "Jobs"
JOB = OpenApiParameter("job", OpenApiTypes.UUID, OpenApiParameter.PATH)
ANY_KIND = PolymorphicProxySerializer(
    "NewJob", [LabelMergeJob, TranscribeWithSpeakersJob], resource_type_field_name=None
)


class JobView(LibraryView):
    """The base view of jobs: a key sees only its own jobs, and anonymous clients have none."""

    @property
    def scope(self) -> str:
        """Return the scope of the work; a job that uses the library needs its scopes too."""
        return AUDIO

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if client_of(request) == ANONYMOUS:
            raise NotAuthenticated("Jobs need an API key: only its owner may read the results.")


class Jobs(JobView):
    """GET and POST /api/jobs."""

    @document(
        "list_jobs",
        "List the jobs of this key, newest first",
        JobsQuery,
        answers={200: page_schema(JobEntry, "JobPage")},
        tag=TAG,
    )
    def get(self, request: Request) -> Response:
        state = JobsQuery.from_query(request).validated_data.get("state")
        jobs = _jobs_of(request).defer("result", "options")
        pages = CursorPages("-created_at", "id")
        found = paginate(pages, jobs.filter(state=state) if state else jobs, request)
        return pages.get_paginated_response(JobEntry(found, many=True).data)

    @document(
        "create_job",
        "Submit label-merge or transcribe-with-speakers as a job",
        IDEMPOTENCY_KEY,
        request={"multipart/form-data": ANY_KIND},
        answers={202: JobEntry},
        refusals=(409, 422, 429),
        tag=TAG,
        examples=SUBMITTED,
    )
    def post(self, request: Request) -> Response:
        NoQuery.from_query(request)
        # Before the form is read: names may be erased from the library during a long upload.
        with work_marked():
            submission = read_submission(request)
            answer = create_once(request, lambda: _submit(submission))
        answer["Location"] = f"/api/jobs/{answer.data['id']}"
        return answer


class OneJob(JobView):
    """GET and DELETE /api/jobs/{id}."""

    @document(
        "get_job",
        "Get a job's progress and result",
        JOB,
        answers={200: JobAnswer},
        refusals=(404,),
        tag=TAG,
        examples=ENDED,
    )
    def get(self, request: Request, job: str) -> Response:
        NoQuery.from_query(request)
        found = _find_job(request, job)
        if found.transcript_id is not None:
            actor = client_of(request).name
            audit.record(actor, Action.TRANSCRIPT_READ, transcript=found.transcript_id)
        return Response(JobAnswer(found, context={"may_read": self.may_read}).data)

    @document(
        "delete_job",
        "Cancel a job, or delete an ended job and its result",
        JOB,
        answers={204: None},
        refusals=(404,),
        tag=TAG,
    )
    def delete(self, request: Request, job: str) -> Response:
        NoQuery.from_query(request)
        found = _find_job(request, job)
        if not cancel_job(found.id):
            found.delete()
        return Response(status=HTTPStatus.NO_CONTENT)


def read_submission(request: Request) -> Submission:
    """Return the submission of a request, validated as the endpoint of its kind does."""
    client = client_of(request)
    envelope = JobRequest(data=request.data)
    envelope.is_valid(raise_exception=True)
    about = envelope.validated_data
    work = REQUESTS[about["kind"]](data=request.data)
    refuse_unknown((name.removesuffix("[]") for name in request.data), envelope, work)
    work.is_valid(raise_exception=True)
    _require_scopes(request, work.validated_data)
    _refuse_vectors_of_stored(about, work.validated_data)
    recordings = [
        work.validated_data[name]
        for name in ("file", "mic_file", "system_file")
        if name in work.validated_data
    ]
    return Submission(
        kind=JobKind(about["kind"]),
        recordings=recordings,
        timeline=_timeline_file(request),
        options=_options(request, work),
        created_by=client.name,
        reads_library=VOICES_READ in client.scopes,
        wants_vectors="include" in about,
        webhook_url=about.get("webhook_url", ""),
    )


def _timeline_file(request: Request) -> Recording | None:
    """Return the timeline that was sent as a file; it is stored beside the recordings."""
    data = request.data
    uploaded = data.get("timeline") if isinstance(data, Mapping) else None
    if not isinstance(uploaded, TemporaryUploadedFile):
        return None
    return Recording(Path(uploaded.temporary_file_path()), ".timeline", "timeline", "timeline")


def _options(request: Request, work: EndpointRequest) -> dict[str, object]:
    """Return the fields as they were sent: the worker validates them as the endpoint would.

    An empty field of a form counts as not sent.
    """
    data = request.data
    assert isinstance(data, Mapping)  # noqa: S101 — a list would not have been valid
    names = list(map(str, work.fields))
    sent = {name: data[name] for name in names if name in data}
    sent |= {name: _as_text(data, name) for name in names if f"{name}[]" in data}
    return {
        name: without_nul(value) if isinstance(value, str) else value
        for name, value in sent.items()
        if not isinstance(value, UploadedFile) and value != ""
    }


def _as_text(data: Mapping[str, Any], name: str) -> str:
    """Return the values of a field that is repeated in a form, as the JSON list that it may be."""
    values = data.getlist(f"{name}[]") if isinstance(data, QueryDict) else data[f"{name}[]"]
    return values[0] if _is_list(values) else json.dumps([*map(without_nul, values)])


def _is_list(values: Sequence[str]) -> bool:
    return len(values) == 1 and values[0].startswith("[")


def _require_scopes(request: Request, fields: dict[str, Any]) -> None:
    if fields.get("identify"):
        require(request, VOICES_READ)
    if fields.get("store"):
        require(request, VOICES_WRITE)


def _refuse_vectors_of_stored(about: dict[str, Any], fields: dict[str, Any]) -> None:
    if "include" in about and fields.get("store"):
        instead = "GET /api/transcripts/{id}?include=vector returns those of a stored transcript."
        raise ValidationError({"include": f"expected only without store=true; {instead}"})


def _submit(submission: Submission) -> Created:
    with charged(measured_s(submission.recordings)):
        job = submit_job(submission)
    return Created(dict(JobEntry(job).data), status=HTTPStatus.ACCEPTED)


def _jobs_of(request: Request) -> QuerySet[Job]:
    return Job.objects.filter(created_by=client_of(request).name)


def _find_job(request: Request, text: str) -> Job:
    jobs = _jobs_of(request).select_related("transcript")
    found = jobs.filter(pk=parse_id("job", text)).first()
    if found is None:
        raise ResourceNotFound("job")
    return found
