"""The endpoint that lists embedding spaces."""

from rest_framework.request import Request
from rest_framework.response import Response

from voiceprints.api.pagination import CursorPages, paginate
from voiceprints.api.schema.operations import document, page_schema
from voiceprints.api.serializers.spaces import SpaceAnswer
from voiceprints.api.serializers.strict_requests import PageQuery
from voiceprints.api.views.library_view import LibraryView
from voiceprints.models import Space


class Spaces(LibraryView):
    """GET /api/spaces."""

    @document(
        "list_spaces",
        "List the embedding models that have stored fingerprints",
        PageQuery,
        answers={200: page_schema(SpaceAnswer, "SpacePage")},
    )
    def get(self, request: Request) -> Response:
        PageQuery.from_query(request)
        pages = CursorPages("id")
        found = paginate(pages, Space.objects.all(), request)
        return pages.get_paginated_response(SpaceAnswer(found, many=True).data)
