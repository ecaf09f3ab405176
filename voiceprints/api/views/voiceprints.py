"""Voiceprints: what does a person sound like?"""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from audio.merge.values import Span
from voiceprints.api.idempotency import Created, created_once
from voiceprints.api.library_errors import NotKept
from voiceprints.api.pagination import Pages, page_of
from voiceprints.api.schema.operations import (
    ENGINE,
    ONCE,
    PERSON,
    PRINT,
    documented,
    page,
    told_to_readers,
)
from voiceprints.api.serializers.receipts import VoiceprintReceipt
from voiceprints.api.serializers.strict_requests import NoQuery, VectorQuery
from voiceprints.api.serializers.voiceprints import (
    NewVoiceprint,
    VoiceprintAnswer,
    VoiceprintsQuery,
    told,
)
from voiceprints.api.views.library_view import LibraryView, actor_of, id_of
from voiceprints.api.views.people import person_of
from voiceprints.enrolment.voice_enrolment import (
    SpeakerOf,
    enrol_embedding,
    enrol_recordings,
    enrol_span,
    enrol_speaker,
)
from voiceprints.models import Voiceprint, audit
from voiceprints.models.audit import Action
from voiceprints.models.voiceprints import VoiceprintQuerySet
from voiceprints.people.consent import check_consent
from voiceprints.transcripts.corrections import delete_print


class Voiceprints(LibraryView):
    """GET and POST /api/people/{id}/voiceprints."""

    @documented(
        "list_voiceprints",
        "The voiceprints of one person",
        PERSON,
        VoiceprintsQuery,
        answers={200: page(VoiceprintAnswer, "VoiceprintPage")},
        refusals=(404, 409),
    )
    def get(self, request: Request, person: str) -> Response:
        asked = VoiceprintsQuery.of_query(request)
        owner, pages = person_of(person), Pages("created_at", "id")
        if asked.wants_vectors:
            check_consent(owner.id)
        found = page_of(pages, _prints(owner.id, with_vectors=asked.wants_vectors), request)
        if asked.wants_vectors:
            who = actor_of(request)
            audit.record(who, Action.VECTOR_READ, person=owner.id, prints=len(found))
        return pages.get_paginated_response(
            [told(one, with_vector=asked.wants_vectors) for one in found]
        )

    @documented(
        "create_voiceprint",
        "Learn a voice: from recordings, from a transcript, or from numbers",
        PERSON,
        ONCE,
        request={"multipart/form-data": NewVoiceprint, "application/json": NewVoiceprint},
        answers={201: told_to_readers(VoiceprintAnswer, VoiceprintReceipt)},
        refusals=(404, 409, 410, 422, *ENGINE),
    )
    def post(self, request: Request, person: str) -> Response:
        NoQuery.of_query(request)
        owner = person_of(person)
        asked = NewVoiceprint.read(request.data)
        tell = told if self.may_read else _receipt
        actor = actor_of(request)
        return created_once(
            request, lambda: Created(tell(_learned(owner.id, asked, actor)), owner.id)
        )


class OneVoiceprint(LibraryView):
    """GET and DELETE /api/people/{id}/voiceprints/{print}."""

    @documented(
        "get_voiceprint",
        "One voiceprint",
        PERSON,
        PRINT,
        VectorQuery,
        answers={200: VoiceprintAnswer},
        refusals=(404, 409),
    )
    def get(self, request: Request, person: str, voiceprint: str) -> Response:
        asked = VectorQuery.of_query(request)
        owner = id_of("person", person)
        if asked.wants_vectors:
            check_consent(owner)
        found = _prints(owner, with_vectors=asked.wants_vectors)
        one = found.filter(pk=id_of("voiceprint", voiceprint)).first()
        if one is None:
            raise NotKept("voiceprint")
        if asked.wants_vectors:
            audit.record(actor_of(request), Action.VECTOR_READ, person=owner, print=str(one.id))
        return Response(told(one, with_vector=asked.wants_vectors))

    @documented(
        "delete_voiceprint",
        "Delete a voiceprint and its sample",
        PERSON,
        PRINT,
        answers={204: None},
        refusals=(404,),
    )
    def delete(self, request: Request, person: str, voiceprint: str) -> Response:
        NoQuery.of_query(request)
        owner, one = id_of("person", person), id_of("voiceprint", voiceprint)
        if not delete_print(owner, one, actor=actor_of(request)):
            raise NotKept("voiceprint")
        return Response(status=204)


def _prints(person: UUID, *, with_vectors: bool) -> VoiceprintQuerySet:
    found = Voiceprint.objects.filter(person=person)
    found = found.select_related("space", "transcript_speaker").defer(
        "transcript_speaker__embedding"
    )
    return found if with_vectors else found.defer("vector")


def _receipt(voiceprint: Voiceprint) -> dict[str, object]:
    return dict(VoiceprintReceipt(voiceprint).data)


def _learned(person: UUID, asked: NewVoiceprint, actor: str) -> Voiceprint:
    match asked.validated_data:
        case {
            "transcript": transcript,
            "speaker": label,
            "file": [recording],
            "start": start,
            "end": end,
        }:
            return enrol_span(
                person,
                recording,
                Span(start, end),
                speaker=SpeakerOf(transcript, label),
                actor=actor,
            )
        case {"transcript": transcript, "speaker": label}:
            return enrol_speaker(person, SpeakerOf(transcript, label), actor=actor)
        case {"fingerprint": fingerprint, "space": space}:
            return enrol_embedding(person, fingerprint, space, actor=actor)
        case given:
            return enrol_recordings(person, given["file"], actor=actor)
