"""Byte ranges of files: the header Range (RFC 9110, section 14), and the answers 206 and 416."""

import re
from collections.abc import Callable, Iterable
from http import HTTPStatus

from django.http import HttpResponse, StreamingHttpResponse
from rest_framework.request import Request

from audio.api.request_errors import InvalidRequest

# Several ranges, and other units, are ignored: the whole file is sent, as the RFC allows.
_RANGE = re.compile(r"bytes=\s*(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))\s*", re.IGNORECASE)

Read = Callable[[range], Iterable[bytes]]


class RangeBeyondEnd(InvalidRequest):
    """The range begins beyond the end of the file (416)."""

    status_code = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE

    def __init__(self, size: int) -> None:
        super().__init__(
            f"Range: expected bytes of a file of {size}.", code="range_not_satisfiable"
        )
        self.headers = {"Content-Range": f"bytes */{size}"}


def ranged_response(
    request: Request, read: Read, *, size: int, content_type: str, tag: str
) -> HttpResponse | StreamingHttpResponse:
    """Answer with a file, or with the range of it that the request asks for.

    Raises
    ------
    RangeBeyondEnd
    """
    span = _requested(request, size, tag)
    wanted = range(size) if span is None else span
    if request.method == "HEAD":
        response: HttpResponse | StreamingHttpResponse = HttpResponse(content_type=content_type)
    else:
        response = StreamingHttpResponse(read(wanted), content_type=content_type)
    if span is not None:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
    response["Content-Length"] = str(len(wanted))
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = tag
    return response


def _requested(request: Request, size: int, tag: str) -> range | None:
    """Return the requested bytes; None for the whole file."""
    found = _RANGE.fullmatch(request.META.get("HTTP_RANGE", ""))
    if_range = request.META.get("HTTP_IF_RANGE")
    if found is None or (if_range is not None and if_range.strip() != tag):
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        span = range(max(0, size - int(suffix)), size)
    else:
        span = range(int(first), min(int(last) + 1, size) if last else size)
        if last and int(last) < int(first):
            return None
    if not span:
        raise RangeBeyondEnd(size)
    return span


def tag_of(identifier: object) -> str:
    """Return the strong validator of a file that is replaced, never changed."""
    return f'"{identifier}"'
