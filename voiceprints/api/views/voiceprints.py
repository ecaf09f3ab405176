"""Voiceprints: what does a person sound like?"""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from audio.merge.values import Span
from voiceprints.api.idempotency import Created, create_once
from voiceprints.api.library_errors import ResourceNotFound
from voiceprints.api.pagination import CursorPages, paginate
from voiceprints.api.schema.operations import (
    ENGINE_STATUSES,
    IDEMPOTENCY_KEY,
    PERSON,
    VOICEPRINT,
    answer_or_receipt,
    document,
    page_schema,
)
from voiceprints.api.serializers.receipts import VoiceprintReceipt
from voiceprints.api.serializers.strict_requests import NoQuery, VectorQuery
from voiceprints.api.serializers.voiceprints import (
    NewVoiceprint,
    VoiceprintAnswer,
    VoiceprintsQuery,
    render_voiceprint,
)
from voiceprints.api.views.library_view import LibraryView, actor_of, parse_id
from voiceprints.api.views.people import person_of
from voiceprints.enrolment.voice_enrolment import (
    enrol_embedding,
    enrol_recordings,
    enrol_span,
    enrol_speaker,
)
from voiceprints.erasure.voice_erasure import delete_voiceprint
from voiceprints.matching.speaker_lookup import SpeakerReference
from voiceprints.models import Voiceprint, audit
from voiceprints.models.audit import Action
from voiceprints.models.voiceprints import VoiceprintQuerySet
from voiceprints.people.consent import check_consent


class Voiceprints(LibraryView):
    """GET and POST /api/people/{id}/voiceprints."""

    @document(
        "list_voiceprints",
        "The voiceprints of one person",
        PERSON,
        VoiceprintsQuery,
        answers={200: page_schema(VoiceprintAnswer, "VoiceprintPage")},
        refusals=(404, 409),
    )
    def get(self, request: Request, person: str) -> Response:
        asked = VoiceprintsQuery.from_query(request)
        owner, pages = person_of(person), CursorPages("created_at", "id")
        if asked.wants_vectors:
            check_consent(owner.id)
        found = paginate(pages, _prints(owner.id, with_vectors=asked.wants_vectors), request)
        if asked.wants_vectors:
            who = actor_of(request)
            audit.record(who, Action.VECTOR_READ, person=owner.id, prints=len(found))
        return pages.get_paginated_response(
            [render_voiceprint(one, with_vector=asked.wants_vectors) for one in found]
        )

    @document(
        "create_voiceprint",
        "Learn a voice: from recordings, from a transcript, or from numbers",
        PERSON,
        IDEMPOTENCY_KEY,
        request={"multipart/form-data": NewVoiceprint, "application/json": NewVoiceprint},
        answers={201: answer_or_receipt(VoiceprintAnswer, VoiceprintReceipt)},
        refusals=(404, 409, 410, 422, *ENGINE_STATUSES),
    )
    def post(self, request: Request, person: str) -> Response:
        NoQuery.from_query(request)
        owner = person_of(person)
        asked = NewVoiceprint.from_data(request.data)
        tell = render_voiceprint if self.may_read else _receipt
        actor = actor_of(request)
        return create_once(
            request, lambda: Created(tell(_learned(owner.id, asked, actor)), owner.id)
        )


class OneVoiceprint(LibraryView):
    """GET and DELETE /api/people/{id}/voiceprints/{print}."""

    @document(
        "get_voiceprint",
        "One voiceprint",
        PERSON,
        VOICEPRINT,
        VectorQuery,
        answers={200: VoiceprintAnswer},
        refusals=(404, 409),
    )
    def get(self, request: Request, person: str, voiceprint: str) -> Response:
        asked = VectorQuery.from_query(request)
        owner = parse_id("person", person)
        if asked.wants_vectors:
            check_consent(owner)
        found = _prints(owner, with_vectors=asked.wants_vectors)
        one = found.filter(pk=parse_id("voiceprint", voiceprint)).first()
        if one is None:
            raise ResourceNotFound("voiceprint")
        if asked.wants_vectors:
            audit.record(actor_of(request), Action.VECTOR_READ, person=owner, print=str(one.id))
        return Response(render_voiceprint(one, with_vector=asked.wants_vectors))

    @document(
        "delete_voiceprint",
        "Delete a voiceprint and its sample",
        PERSON,
        VOICEPRINT,
        answers={204: None},
        refusals=(404,),
    )
    def delete(self, request: Request, person: str, voiceprint: str) -> Response:
        NoQuery.from_query(request)
        owner, one = parse_id("person", person), parse_id("voiceprint", voiceprint)
        if not delete_voiceprint(owner, one, actor=actor_of(request)):
            raise ResourceNotFound("voiceprint")
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
                speaker=SpeakerReference(transcript, label),
                actor=actor,
            )
        case {"transcript": transcript, "speaker": label}:
            return enrol_speaker(person, SpeakerReference(transcript, label), actor=actor)
        case {"fingerprint": fingerprint, "space": space}:
            return enrol_embedding(person, fingerprint, space, actor=actor)
        case given:
            return enrol_recordings(person, given["file"], actor=actor)
