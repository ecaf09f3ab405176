"""A creation that is sent again is answered again, not done again.

A key belongs to the client that sent it. While the first request is under way, a second is told to
come back; a request that failed leaves its key free. Keys last for a day.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from audio.api.authentication import client_of
from audio.api.request_errors import InvalidRequest
from voiceprints.api.library_errors import Conflict, Unprocessable
from voiceprints.erasure.retention import IDEMPOTENCY_LIFETIME
from voiceprints.models import IdempotencyKey
from voiceprints.storage.locks import lock_existing_people

# Longer than any request takes: whoever holds a key for longer has died with it.
UNDER_WAY_AT_MOST = timedelta(hours=1)
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class RequestUnderWay(Conflict):
    """The first request of this key has no answer yet."""

    headers = {"Retry-After": "1"}

    def __init__(self) -> None:
        super().__init__(
            "A request with this Idempotency-Key is under way; send it again in a moment.",
            code="idempotency_key_in_use",
        )


class AnswerErased(InvalidRequest):
    """What was answered was about somebody who is forgotten."""

    status_code = HTTPStatus.GONE

    def __init__(self) -> None:
        super().__init__(
            "What was answered to this Idempotency-Key is forgotten; expected a new key.",
            code="idempotency_answer_forgotten",
        )


@dataclass(frozen=True, slots=True)
class Created:
    """What came into being, and about whom it tells, if about anybody."""

    body: dict[str, object]
    person: UUID | None = None
    status: int = HTTPStatus.CREATED


def create_once(request: Request, create: Callable[[], Created]) -> Response:
    """Create, or tell again what an earlier request of the same Idempotency-Key created."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        created = create()
        return Response(created.body, status=created.status)
    if not _KEY.fullmatch(key):
        raise InvalidRequest(
            "Idempotency-Key: expected 1 to 255 visible ASCII characters.",
            param="Idempotency-Key",
        )
    held, is_first = _held(request, key)
    return _created(held, create) if is_first else _told_again(held, request)


def _held(request: Request, key: str) -> tuple[IdempotencyKey, bool]:
    client, now = client_of(request).name, timezone.now()
    mine = IdempotencyKey.objects.filter(client=client, key=key)
    mine.filter(created_at__lt=now - IDEMPOTENCY_LIFETIME).delete()
    mine.filter(status=None, created_at__lt=now - UNDER_WAY_AT_MOST).delete()
    return IdempotencyKey.objects.get_or_create(
        client=client,
        key=key,
        defaults={
            "method": request.method or "",
            "path": _path(request),
            "request_sha256": _digest(request),
        },
    )


def _created(held: IdempotencyKey, create: Callable[[], Created]) -> Response:
    try:
        created = create()
    except BaseException:
        held.delete()
        raise
    _keep_answer(held, created)
    return Response(created.body, status=created.status)


@transaction.atomic
def _keep_answer(held: IdempotencyKey, created: Created) -> None:
    """Nothing is kept of somebody who was forgotten before the answer was written."""
    is_there = created.person is None or bool(lock_existing_people([created.person]))
    IdempotencyKey.objects.filter(pk=held.pk).update(
        status=created.status, body=created.body if is_there else None
    )


def _told_again(held: IdempotencyKey, request: Request) -> Response:
    if (held.path, held.request_sha256) != (_path(request), _digest(request)):
        raise Unprocessable(
            "Idempotency-Key: expected the request that was sent with this key before, or a new "
            "key for a new request.",
            param="Idempotency-Key",
            code="idempotency_key_reused",
        )
    if held.status is None:
        raise RequestUnderWay
    if held.body is None:
        raise AnswerErased
    return Response(held.body, status=held.status, headers={"Idempotent-Replayed": "true"})


def _path(request: Request) -> str:
    return request.path.rstrip("/").lower()


def _digest(request: Request) -> str:
    """Of all that the request asks for; a multipart boundary is no part of that."""
    digest = hashlib.sha256(request.META.get("QUERY_STRING", "").encode())
    for part in _parts(request.data):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def _parts(data: object) -> Iterator[bytes]:
    if not isinstance(data, QueryDict):
        yield json.dumps(data, sort_keys=True).encode()
        return
    for name, values in sorted(data.lists()):
        for value in values:
            yield name.encode(errors="surrogatepass")
            yield _content(value)


def _content(value: object) -> bytes:
    if not isinstance(value, UploadedFile):
        return str(value).encode(errors="surrogatepass")
    digest = hashlib.sha256((value.name or "").encode(errors="surrogatepass"))
    for block in value.chunks():
        digest.update(block)
    value.seek(0)
    return digest.digest()
