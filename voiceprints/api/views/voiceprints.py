"""The endpoints for a person's voiceprints."""

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
from voiceprints.api.views.people import find_person
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
        "List a person's voiceprints",
        PERSON,
        VoiceprintsQuery,
        answers={200: page_schema(VoiceprintAnswer, "VoiceprintPage")},
        refusals=(404, 409),
    )
    def get(self, request: Request, person: str) -> Response:
        with_vectors = VoiceprintsQuery.from_query(request).wants_vectors
        owner, pages = find_person(person), CursorPages("created_at", "id")
        if with_vectors:
            check_consent(owner.id)
        found = paginate(pages, _voiceprints(owner.id, with_vectors=with_vectors), request)
        if with_vectors:
            actor = actor_of(request)
            audit.record(actor, Action.VECTOR_READ, person=owner.id, prints=len(found))
        return pages.get_paginated_response(
            [render_voiceprint(one, with_vector=with_vectors) for one in found]
        )

    @document(
        "create_voiceprint",
        "Enrol a voice from recordings, a transcript, or an embedding",
        PERSON,
        IDEMPOTENCY_KEY,
        request={"multipart/form-data": NewVoiceprint, "application/json": NewVoiceprint},
        answers={201: answer_or_receipt(VoiceprintAnswer, VoiceprintReceipt)},
        refusals=(404, 409, 410, 422, *ENGINE_STATUSES),
    )
    def post(self, request: Request, person: str) -> Response:
        NoQuery.from_query(request)
        owner = find_person(person)
        new = NewVoiceprint.from_data(request.data)
        render = render_voiceprint if self.may_read else _render_receipt
        actor = actor_of(request)
        return create_once(
            request, lambda: Created(render(_enrol(owner.id, new, actor)), owner.id)
        )


class OneVoiceprint(LibraryView):
    """GET and DELETE /api/people/{id}/voiceprints/{print}."""

    @document(
        "get_voiceprint",
        "Get a voiceprint",
        PERSON,
        VOICEPRINT,
        VectorQuery,
        answers={200: VoiceprintAnswer},
        refusals=(404, 409),
    )
    def get(self, request: Request, person: str, voiceprint: str) -> Response:
        with_vector = VectorQuery.from_query(request).wants_vectors
        owner = parse_id("person", person)
        if with_vector:
            check_consent(owner)
        candidates = _voiceprints(owner, with_vectors=with_vector)
        found = candidates.filter(pk=parse_id("voiceprint", voiceprint)).first()
        if found is None:
            raise ResourceNotFound("voiceprint")
        if with_vector:
            audit.record(actor_of(request), Action.VECTOR_READ, person=owner, print=str(found.id))
        return Response(render_voiceprint(found, with_vector=with_vector))

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


def _voiceprints(person: UUID, *, with_vectors: bool) -> VoiceprintQuerySet:
    found = Voiceprint.objects.filter(person=person)
    found = found.select_related("space", "transcript_speaker").defer(
        "transcript_speaker__embedding"
    )
    return found if with_vectors else found.defer("vector")


def _render_receipt(voiceprint: Voiceprint) -> dict[str, object]:
    return dict(VoiceprintReceipt(voiceprint).data)


def _enrol(person: UUID, new: NewVoiceprint, actor: str) -> Voiceprint:
    match new.validated_data:
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
        case {"fingerprint": embedding, "space": space}:
            return enrol_embedding(person, embedding, space, actor=actor)
        case fields:
            return enrol_recordings(person, fields["file"], actor=actor)
