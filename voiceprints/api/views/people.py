"""The endpoints for people."""

from functools import partial

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
from voiceprints.people.erasure_marks import lock_names_for_erasure
from voiceprints.people.people_search import search_people
from voiceprints.people.registration import create_person, update_person
from voiceprints.storage.locks import lock_people, lock_person


class People(LibraryView):
    """GET and POST /api/people."""

    @document(
        "list_people",
        "List people by name",
        PeopleQuery,
        answers={200: page_schema(PersonAnswer, "PeoplePage")},
    )
    def get(self, request: Request) -> Response:
        query = PeopleQuery.from_query(request).validated_data
        pages = CursorPages("name")
        people = search_people(query.get("q", ""), consenting=query.get("consenting"))
        found = paginate(pages, people, request)
        return pages.get_paginated_response(PersonAnswer(found, many=True).data)

    @document(
        "create_person",
        "Add a person",
        IDEMPOTENCY_KEY,
        request=NewPerson,
        answers={201: PersonAnswer},
        refusals=(409, 410, 422),
    )
    def post(self, request: Request) -> Response:
        NoQuery.from_query(request)
        new = NewPerson.from_data(request.data)
        answer = create_once(request, lambda: _register(new, actor_of(request)))
        answer["Location"] = f"/api/people/{answer.data['id']}"
        answer["ETag"] = etag_of(answer.data["version"])
        return answer


class OnePerson(LibraryView):
    """GET, PATCH and DELETE /api/people/{id}."""

    @document(
        "get_person",
        "Get a person",
        PERSON,
        IF_NONE_MATCH,
        answers={200: PersonAnswer, 304: None},
        refusals=(404,),
    )
    def get(self, request: Request, person: str) -> HttpResponse:
        NoQuery.from_query(request)
        found = find_person(person)
        answer = HttpResponseNotModified() if is_known(request, found) else _render(found)
        answer["ETag"] = etag_of(found.version)
        return answer

    @document(
        "change_person",
        "Change a person's details or consent",
        PERSON,
        IF_MATCH,
        request=PersonChange,
        answers={200: answer_or_receipt(PersonAnswer, PersonReceipt)},
        refusals=(404, 409, 412),
    )
    def patch(self, request: Request, person: str) -> Response:
        NoQuery.from_query(request)
        details = PersonChange.from_data(request.data).details()
        person_id, demand = parse_id("person", person), partial(require_match, request)
        changed = update_person(person_id, details, actor=actor_of(request), check=demand)
        return _render(changed, may_read=self.may_read)

    @document(
        "forget_person",
        "Erase a person: voiceprints, links, and the name in every transcript",
        PERSON,
        ForgetQuery,
        IF_MATCH,
        answers={204: None},
        refusals=(404, 412),
    )
    def delete(self, request: Request, person: str) -> Response:
        replacement = ForgetQuery.from_query(request).validated_data.get("as")
        person_id = parse_id("person", person)
        with transaction.atomic():
            lock_names_for_erasure()
            require_match(request, lock_person(person_id))
            try:
                erase_person(person_id, actor=actor_of(request), replacement=replacement)
            except ValueError as error:
                raise _rename_field(error, "as") from error
        return Response(status=204)


class MergePeople(LibraryView):
    """POST /api/people/{id}/merge."""

    @document(
        "merge_people",
        "Merge a duplicate person into this one",
        PERSON,
        IF_MATCH,
        request=MergeRequest,
        answers={200: answer_or_receipt(PersonAnswer, PersonReceipt)},
        refusals=(404, 412),
    )
    def post(self, request: Request, person: str) -> Response:
        NoQuery.from_query(request)
        target = parse_id("person", person)
        duplicate = MergeRequest.from_data(request.data).validated_data["from"]
        with transaction.atomic():
            require_match(request, lock_people(duplicate, target)[target])
            try:
                merge_people(duplicate, target, actor=actor_of(request))
            except ValueError as error:
                raise _rename_field(error, "from") from error
        return _render(Person.objects.get(pk=target), may_read=self.may_read)


def find_person(text: str) -> Person:
    """Return the person with the identifier of a URL, or raise ResourceNotFound."""
    found = Person.objects.filter(pk=parse_id("person", text)).first()
    if found is None:
        raise ResourceNotFound("person")
    return found


def _register(request: NewPerson, actor: str) -> Created:
    person = create_person(request.details(), actor=actor)
    return Created(dict(PersonAnswer(person).data), person.id)


def _render(person: Person, *, may_read: bool = True) -> Response:
    answer = PersonAnswer(person) if may_read else PersonReceipt(person)
    return Response(answer.data, headers={"ETag": etag_of(person.version)})


def _rename_field(error: ValueError, param: str) -> InvalidRequest:
    """Return the library's error under the name that the field has in the request."""
    return InvalidRequest(f"{param}: {str(error).partition(': ')[2]}", param=param)
