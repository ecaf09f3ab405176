"""Tests of the constraints and triggers on the audit and on idempotency keys."""

import pytest
from django.db import IntegrityError, connection
from django.db.utils import ProgrammingError

from tests.voiceprints.people import SHA256
from voiceprints.models import (
    AuditEntry,
    IdempotencyKey,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE voiceprints_auditentry SET actor = 'another'",
        "DELETE FROM voiceprints_auditentry",
    ],
)
def test_the_audit_is_never_edited(statement: str) -> None:
    AuditEntry.objects.create(actor="desk", action="enrolled")

    with pytest.raises(ProgrammingError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(("actor", "action"), [("", "enrolled"), ("desk", "guessed")])
def test_an_audit_entry_needs_an_actor_and_a_known_action(actor: str, action: str) -> None:
    with pytest.raises(IntegrityError):
        AuditEntry.objects.create(actor=actor, action=action)


def test_a_client_uses_an_idempotency_key_once() -> None:
    asked = {"client": "desk", "key": "1", "request_sha256": SHA256}
    IdempotencyKey.objects.create(method="POST", path="/api/people", **asked)

    with pytest.raises(IntegrityError, match="idempotency_key_is_one"):
        IdempotencyKey.objects.create(method="POST", path="/api/transcripts", **asked)
