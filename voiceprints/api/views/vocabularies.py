"""The endpoints for the stored vocabularies of API keys."""

from functools import partial

from django.http import HttpResponse, HttpResponseNotModified
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from audio.api.authentication import AUDIO, client_names, client_of
from voiceprints.api.etags import etag_of, is_known, require_match
from voiceprints.api.library_errors import ResourceNotFound
from voiceprints.api.pagination import CursorPages, paginate
from voiceprints.api.schema.operations import IF_MATCH, IF_NONE_MATCH, document, page_schema
from voiceprints.api.serializers.strict_requests import NoQuery, PageQuery
from voiceprints.api.serializers.vocabularies import VocabularyAnswer, VocabularyTerms
from voiceprints.api.views.library_view import LibraryView, actor_of
from voiceprints.models import Vocabulary
from voiceprints.vocabularies import find_vocabulary, replace_terms

KEY = OpenApiParameter(
    "key",
    OpenApiTypes.STR,
    OpenApiParameter.PATH,
    description="The name of an API key. Its own vocabulary is open to every key with `audio`.",
)


class Vocabularies(LibraryView):
    """GET /api/vocabulary."""

    @document(
        "list_vocabularies",
        "List the vocabularies of API keys",
        PageQuery,
        answers={200: page_schema(VocabularyAnswer, "VocabularyPage")},
    )
    def get(self, request: Request) -> Response:
        PageQuery.from_query(request)
        pages = CursorPages("key")
        found = paginate(pages, Vocabulary.objects.all(), request)
        return pages.get_paginated_response(VocabularyAnswer(found, many=True).data)


class OneVocabulary(LibraryView):
    """GET and PUT /api/vocabulary/{key}."""

    @property
    def scope(self) -> str:
        """Return the scope of the method; a key's own vocabulary needs no more than `audio`."""
        is_own = self.kwargs.get("key") == client_of(self.request).name
        return AUDIO if is_own else super().scope

    @document(
        "get_vocabulary",
        "Get the vocabulary of an API key",
        KEY,
        IF_NONE_MATCH,
        answers={200: VocabularyAnswer, 304: None},
        refusals=(404,),
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        NoQuery.from_query(request)
        found = find_vocabulary(_known(key))
        answer = HttpResponseNotModified() if is_known(request, found) else _render(found)
        answer["ETag"] = etag_of(found.version)
        return answer

    @document(
        "replace_vocabulary",
        "Replace the vocabulary of an API key",
        KEY,
        IF_MATCH,
        request=VocabularyTerms,
        answers={200: VocabularyAnswer},
        refusals=(404, 412),
    )
    def put(self, request: Request, key: str) -> HttpResponse:
        NoQuery.from_query(request)
        terms = VocabularyTerms.from_data(request.data).validated_data["terms"]
        demand = partial(require_match, request)
        return _render(replace_terms(_known(key), terms, actor=actor_of(request), check=demand))


def _known(key: str) -> str:
    """Return the name of a key; one that no client has would have no effect."""
    if key not in client_names():
        raise ResourceNotFound("key")
    return key


def _render(vocabulary: Vocabulary) -> Response:
    answer = VocabularyAnswer(vocabulary).data
    return Response(answer, headers={"ETag": etag_of(vocabulary.version)})
