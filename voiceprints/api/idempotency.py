"""Idempotency keys: a POST that a client repeats gets the stored answer and creates nothing.

A key belongs to the client that sent it. A repeat that arrives while the first request is under
way gets 409 with Retry-After. A request that failed releases its key. Keys expire after a day.
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
from voiceprints.people.erasure_marks import ErasedNames, lock_names, work_marked
from voiceprints.storage.locks import lock_existing_people
from voiceprints.transcripts.forgotten_names import forget_mentions

# Longer than any request takes: a process that holds a key for longer has died.
MAX_REQUEST_TIME = timedelta(hours=1)
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class RequestUnderWay(Conflict):
    """The first request with this key has no answer yet (409)."""

    headers = {"Retry-After": "1"}

    def __init__(self) -> None:
        super().__init__(
            "Idempotency-Key: a request with this key is under way; send it again in a moment.",
            code="idempotency_key_in_use",
        )


class AnswerErased(InvalidRequest):
    """The stored answer was about a person who has been erased (410)."""

    status_code = HTTPStatus.GONE

    def __init__(self) -> None:
        super().__init__(
            "Idempotency-Key: the answer to this key was erased with its person; send a new key.",
            code="idempotency_answer_forgotten",
        )


@dataclass(frozen=True, slots=True)
class Created:
    """The answer to a creation, and the person whom it is about, if any."""

    body: dict[str, object]
    person: UUID | None = None
    status: int = HTTPStatus.CREATED


def create_once(request: Request, create: Callable[[], Created]) -> Response:
    """Create, or return the stored answer of an earlier request with the same Idempotency-Key."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        created = create()
        return Response(created.body, status=created.status)
    with work_marked():
        return _create_or_replay(request, key, create)


def _create_or_replay(request: Request, key: str, create: Callable[[], Created]) -> Response:
    if not _KEY.fullmatch(key):
        raise InvalidRequest(
            "Idempotency-Key: expected 1 to 255 visible ASCII characters.",
            param="Idempotency-Key",
        )
    claimed, is_first = _claim(request, key)
    return _create(claimed, create) if is_first else _replay(claimed, request)


def _claim(request: Request, key: str) -> tuple[IdempotencyKey, bool]:
    client, now = client_of(request).name, timezone.now()
    same_key = IdempotencyKey.objects.filter(client=client, key=key)
    same_key.filter(created_at__lt=now - IDEMPOTENCY_LIFETIME).delete()
    same_key.filter(status=None, created_at__lt=now - MAX_REQUEST_TIME).delete()
    return IdempotencyKey.objects.get_or_create(
        client=client,
        key=key,
        defaults={
            "method": request.method or "",
            "path": _path(request),
            "request_sha256": _digest(request),
        },
    )


def _create(claimed: IdempotencyKey, create: Callable[[], Created]) -> Response:
    try:
        created = create()
    except BaseException:
        claimed.delete()
        raise
    _store_answer(claimed, created)
    return Response(created.body, status=created.status)


@transaction.atomic
def _store_answer(claimed: IdempotencyKey, created: Created) -> None:
    """Store the answer, without its body if the person or a name was erased in the meantime."""
    erased = lock_names()
    exists = created.person is None or bool(lock_existing_people([created.person]))
    is_clean = not any(_names_erased(value, erased) for value in created.body.values())
    IdempotencyKey.objects.filter(pk=claimed.pk).update(
        status=created.status, body=created.body if exists and is_clean else None
    )


def _names_erased(value: object, erased: ErasedNames) -> bool:
    """Return whether a field of an answer has, or mentions, an erased name."""
    return isinstance(value, str) and (
        erased.replacement(value) is not None or forget_mentions(value, erased) != value
    )


def _replay(claimed: IdempotencyKey, request: Request) -> Response:
    if (claimed.path, claimed.request_sha256) != (_path(request), _digest(request)):
        raise Unprocessable(
            "Idempotency-Key: expected the same request as the first with this key; send a new "
            "key with a new request.",
            param="Idempotency-Key",
            code="idempotency_key_reused",
        )
    if claimed.status is None:
        raise RequestUnderWay
    if claimed.body is None:
        raise AnswerErased
    return Response(claimed.body, status=claimed.status, headers={"Idempotent-Replayed": "true"})


def _path(request: Request) -> str:
    return request.path.rstrip("/").lower()


def _digest(request: Request) -> str:
    """Return a digest of query and fields; a multipart boundary has no part in it."""
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
