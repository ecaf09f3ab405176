"""Jobs: what is asked for now and done later."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
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
from voiceprints.jobs.completion import cancel
from voiceprints.jobs.job_answers import REQUESTS, Asked
from voiceprints.jobs.submission import Order, place
from voiceprints.models import Job, audit
from voiceprints.models.audit import Action
from voiceprints.models.jobs import JobKind
from voiceprints.transcripts.name_replacement import without_nul

TAG = "Jobs"
JOB = OpenApiParameter("job", OpenApiTypes.UUID, OpenApiParameter.PATH)
ANY_KIND = PolymorphicProxySerializer(
    "NewJob", [LabelMergeJob, TranscribeWithSpeakersJob], resource_type_field_name=None
)


class JobView(LibraryView):
    """A key sees its own jobs; those without a key have no name of their own."""

    @property
    def scope(self) -> str:
        """What the library is asked for in a job has scopes of its own."""
        return AUDIO

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if client_of(request) == ANONYMOUS:
            raise NotAuthenticated("Jobs need an API key: who else would their results be for?")


class Jobs(JobView):
    """GET and POST /api/jobs."""

    @document(
        "list_jobs",
        "The jobs of this key, newest first",
        JobsQuery,
        answers={200: page_schema(JobEntry, "JobPage")},
        tag=TAG,
    )
    def get(self, request: Request) -> Response:
        state = JobsQuery.from_query(request).validated_data.get("state")
        mine = _jobs_of(request).defer("result", "options")
        pages = CursorPages("-created_at", "id")
        found = paginate(pages, mine.filter(state=state) if state else mine, request)
        return pages.get_paginated_response(JobEntry(found, many=True).data)

    @document(
        "create_job",
        "Have label-merge or transcribe-with-speakers done later",
        IDEMPOTENCY_KEY,
        request={"multipart/form-data": ANY_KIND},
        answers={202: JobEntry},
        refusals=(409, 422),
        tag=TAG,
        examples=SUBMITTED,
    )
    def post(self, request: Request) -> Response:
        NoQuery.from_query(request)
        order = order_of(request)
        answer = create_once(request, lambda: _submitted(order))
        answer["Location"] = f"/api/jobs/{answer.data['id']}"
        return answer


class OneJob(JobView):
    """GET and DELETE /api/jobs/{id}."""

    @document(
        "get_job",
        "How far a job is, and its result",
        JOB,
        answers={200: JobAnswer},
        refusals=(404,),
        tag=TAG,
        examples=ENDED,
    )
    def get(self, request: Request, job: str) -> Response:
        NoQuery.from_query(request)
        found = _found(request, job)
        if found.transcript_id is not None:
            actor = client_of(request).name
            audit.record(actor, Action.TRANSCRIPT_READ, transcript=found.transcript_id)
        return Response(JobAnswer(found, context={"may_read": self.may_read}).data)

    @document(
        "delete_job",
        "Cancel a job; delete one that has ended, with its result",
        JOB,
        answers={204: None},
        refusals=(404,),
        tag=TAG,
    )
    def delete(self, request: Request, job: str) -> Response:
        NoQuery.from_query(request)
        found = _found(request, job)
        if not cancel(found.id):
            found.delete()
        return Response(status=HTTPStatus.NO_CONTENT)


def order_of(request: Request) -> Order:
    """What a request asks for, as valid as the endpoint of its kind wants it."""
    client = client_of(request)
    about = JobRequest(data=request.data)
    about.is_valid(raise_exception=True)
    given = about.validated_data
    asked = REQUESTS[given["kind"]](data=request.data)
    refuse_unknown(request.data, about, asked)
    asked.is_valid(raise_exception=True)
    _demand_scopes(request, asked.validated_data)
    _refuse_vectors_of_stored(given, asked.validated_data)
    return Order(
        kind=JobKind(given["kind"]),
        recordings=[
            asked.validated_data[name]
            for name in ("file", "mic_file", "system_file")
            if name in asked.validated_data
        ],
        options=_options(request, asked),
        created_by=client.name,
        reads_library=VOICES_READ in client.scopes,
        wants_vectors="include" in given,
        webhook_url=given.get("webhook_url", ""),
    )


def _options(request: Request, asked: Asked) -> dict[str, object]:
    """The fields as they were sent: the worker reads them as the endpoint would.

    A field of a form that was left empty was not sent.
    """
    data = request.data
    assert isinstance(data, Mapping)  # noqa: S101 — a list would not have been valid
    sent = {name: data[name] for name in map(str, asked.fields) if name in data}
    return {
        name: without_nul(value) if isinstance(value, str) else value
        for name, value in sent.items()
        if not isinstance(value, UploadedFile) and value != ""
    }


def _demand_scopes(request: Request, given: dict[str, Any]) -> None:
    if given.get("identify"):
        require(request, VOICES_READ)
    if given.get("store"):
        require(request, VOICES_WRITE)


def _refuse_vectors_of_stored(about: dict[str, Any], given: dict[str, Any]) -> None:
    if "include" in about and given.get("store"):
        there = "GET /api/transcripts/{id}?include=vector tells those of a stored transcript."
        raise ValidationError({"include": f"expected only without store=true; {there}"})


def _submitted(order: Order) -> Created:
    job = place(order)
    return Created(dict(JobEntry(job).data), status=HTTPStatus.ACCEPTED)


def _jobs_of(request: Request) -> QuerySet[Job]:
    return Job.objects.filter(created_by=client_of(request).name)


def _found(request: Request, given: str) -> Job:
    mine = _jobs_of(request).select_related("transcript")
    found = mine.filter(pk=parse_id("job", given)).first()
    if found is None:
        raise ResourceNotFound("job")
    return found
