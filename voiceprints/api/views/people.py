"""People: who is in the library?"""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse, HttpResponseNotModified
from rest_framework.request import Request
from rest_framework.response import Response

from audio.api.request_errors import InvalidRequest
from voiceprints.api.etags import etag_of, is_known, require_match
from voiceprints.api.idempotency import Created, create_once
from voiceprints.api.library_errors import ResourceNotFound
from voiceprints.api.pagination import CursorPages, paginate
from voiceprints.api.schema.operations import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    PERSON,
    answer_or_receipt,
    document,
    page_schema,
)
from voiceprints.api.serializers.people import (
    ForgetQuery,
    MergeRequest,
    NewPerson,
    PeopleQuery,
    PersonAnswer,
    PersonChange,
)
from voiceprints.api.serializers.receipts import PersonReceipt
from voiceprints.api.serializers.strict_requests import NoQuery
from voiceprints.api.views.library_view import LibraryView, actor_of, parse_id
from voiceprints.erasure.person_erasure import erase_person
from voiceprints.erasure.person_merge import merge_people
from voiceprints.models import Person
from voiceprints.people.people_search import search_people
from voiceprints.people.registration import create_person, update_person
from voiceprints.storage.locks import lock_people, lock_person


class People(LibraryView):
    """GET and POST /api/people."""

    @document(
        "list_people",
        "Who is in the library, by name",
        PeopleQuery,
        answers={200: page_schema(PersonAnswer, "PeoplePage")},
    )
    def get(self, request: Request) -> Response:
        asked = PeopleQuery.from_query(request).validated_data
        pages = CursorPages("name")
        found = paginate(
            pages, search_people(asked.get("q", ""), consenting=asked.get("consenting")), request
        )
        return pages.get_paginated_response(PersonAnswer(found, many=True).data)

    @document(
        "create_person",
        "Add somebody",
        IDEMPOTENCY_KEY,
        request=NewPerson,
        answers={201: PersonAnswer},
        refusals=(409, 410, 422),
    )
    def post(self, request: Request) -> Response:
        NoQuery.from_query(request)
        asked = NewPerson.from_data(request.data)
        answer = create_once(request, lambda: _registered(asked, actor_of(request)))
        answer["Location"] = f"/api/people/{answer.data['id']}"
        answer["ETag"] = etag_of(answer.data["version"])
        return answer


class OnePerson(LibraryView):
    """GET, PATCH and DELETE /api/people/{id}."""

    @document(
        "get_person",
        "One person",
        PERSON,
        IF_NONE_MATCH,
        answers={200: PersonAnswer, 304: None},
        refusals=(404,),
    )
    def get(self, request: Request, person: str) -> HttpResponse:
        NoQuery.from_query(request)
        found = person_of(person)
        answer = HttpResponseNotModified() if is_known(request, found) else _told(found)
        answer["ETag"] = etag_of(found.version)
        return answer

    @document(
        "change_person",
        "Change what is known of somebody, or the consent",
        PERSON,
        IF_MATCH,
        request=PersonChange,
        answers={200: answer_or_receipt(PersonAnswer, PersonReceipt)},
        refusals=(404, 409, 412),
    )
    def patch(self, request: Request, person: str) -> Response:
        NoQuery.from_query(request)
        details = PersonChange.from_data(request.data).details()
        whom, demand = parse_id("person", person), partial(require_match, request)
        changed = update_person(whom, details, actor=actor_of(request), demand=demand)
        return _told(changed, may_read=self.may_read)

    @document(
        "forget_person",
        "Forget somebody: prints, links and the name, in every transcript",
        PERSON,
        ForgetQuery,
        IF_MATCH,
        answers={204: None},
        refusals=(404, 412),
    )
    def delete(self, request: Request, person: str) -> Response:
        replacement = ForgetQuery.from_query(request).validated_data.get("as")
        whom = parse_id("person", person)
        with transaction.atomic():
            require_match(request, lock_person(whom))
            try:
                erase_person(whom, actor=actor_of(request), replacement=replacement)
            except ValueError as error:
                raise _renamed(error, "as") from error
        return Response(status=204)


class MergePeople(LibraryView):
    """POST /api/people/{id}/merge."""

    @document(
        "merge_people",
        "Merge another person into this one, who is the same",
        PERSON,
        IF_MATCH,
        request=MergeRequest,
        answers={200: answer_or_receipt(PersonAnswer, PersonReceipt)},
        refusals=(404, 412),
    )
    def post(self, request: Request, person: str) -> Response:
        NoQuery.from_query(request)
        stays = parse_id("person", person)
        gone = MergeRequest.from_data(request.data).validated_data["from"]
        with transaction.atomic():
            _demand_unchanged(request, gone, stays)
            try:
                merge_people(gone, stays, actor=actor_of(request))
            except ValueError as error:
                raise _renamed(error, "from") from error
        return _told(Person.objects.get(pk=stays), may_read=self.may_read)


def person_of(given: str) -> Person:
    """The person of an address."""
    found = Person.objects.filter(pk=parse_id("person", given)).first()
    if found is None:
        raise ResourceNotFound("person")
    return found


def _registered(asked: NewPerson, actor: str) -> Created:
    person = create_person(asked.details(), actor=actor)
    return Created(dict(PersonAnswer(person).data), person.id)


def _demand_unchanged(request: Request, gone: UUID, stays: UUID) -> None:
    require_match(request, lock_people(gone, stays)[stays])


def _told(person: Person, *, may_read: bool = True) -> Response:
    answer = PersonAnswer(person) if may_read else PersonReceipt(person)
    return Response(answer.data, headers={"ETag": etag_of(person.version)})


def _renamed(error: ValueError, param: str) -> InvalidRequest:
    """The library calls it otherwise than the request does."""
    return InvalidRequest(f"{param}: {str(error).partition(': ')[2]}", param=param)
