"""Cursor pages of lists: `{"object": "list", "data", "next", "previous"}`."""

from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from audio.api.request_errors import InvalidRequest

DEFAULT_LIMIT, MAX_LIMIT = 50, 200
Row = TypeVar("Row", bound=Model)


class CursorPages(CursorPagination):
    """Pages that stay consistent while rows are added and deleted between two requests."""

    page_size = DEFAULT_LIMIT
    page_size_query_param = "limit"
    max_page_size = MAX_LIMIT
    # An import writes many rows in one transaction, so that they share one time.
    offset_cutoff = 1_000_000

    def __init__(self, *ordering: str) -> None:
        self.ordering = ordering

    def decode_cursor(self, request: Request) -> Cursor | None:
        try:
            cursor = super().decode_cursor(request)
        except NotFound as error:
            raise _invalid_cursor() from error
        if cursor is not None and "\x00" in str(cursor.position):
            raise _invalid_cursor()
        return cursor

    def encode_cursor(self, cursor: Cursor) -> str:
        """Return only the cursor: behind a proxy, the gateway does not know its own address."""
        return parse_qs(urlsplit(super().encode_cursor(cursor)).query)[self.cursor_query_param][0]

    def get_paginated_response(self, data: Any) -> Response:
        page = {"next": self.get_next_link(), "previous": self.get_previous_link()}
        return Response({"object": "list", "data": data, **page})


def paginate(pages: CursorPages, rows: QuerySet[Row], request: Request) -> list[Row]:
    """Return the page that a request asks for."""
    try:
        return pages.paginate_queryset(rows, request) or []
    except (ValidationError, ValueError):
        # A cursor of people is a name, and the error quotes it: it must not reach a log.
        raise _invalid_cursor() from None


def _invalid_cursor() -> InvalidRequest:
    return InvalidRequest(
        "cursor: expected next or previous from an earlier page of the same list.", param="cursor"
    )
