"""The endpoints for the stored vocabularies of API keys."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine_answers import DIARIZE, TRANSCRIBE, diarization, transcription
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.voiceprints.api.calls import add_person, call, code_of, param_of
from tests.voiceprints.conftest import key
from tests.voiceprints.people import axis
from voiceprints.models import AuditEntry

DESK = "vocabulary/desk"
TEXT = "Ask Sorvat about the report."
SPANS = [(0.0, 0.4), (0.5, 1.0), (1.0, 1.4), (1.4, 1.6), (1.6, 2.0)]
SORVAT = {"from": "Sorvat", "to": "Zorvath", "start_ms": 500}


@pytest.fixture
def gateway(library_gateway: Gateway, faults: FaultServer) -> Iterator[Gateway]:
    """A gateway whose engine misspells a name; no vocabulary is remembered afterwards."""
    faults.answer(TRANSCRIBE, transcription(TEXT, SPANS, 2.0))
    faults.answer(DIARIZE, diarization([(0.0, 2.0)], [axis(0).tolist()], 2.0))
    yield library_gateway
    put(library_gateway, [])


def put(gateway: Gateway, terms: Any, who: str = "archive", **headers: str) -> Any:
    return call(gateway, "PUT", DESK, json={"terms": terms}, who=who, headers=headers)


def transcribed(gateway: Gateway, path: str = TRANSCRIBE, who: str = "desk", **data: str) -> Any:
    return gateway.post(path, files={"file": TONE}, data=data, headers=key(who)).json()


def test_a_stored_vocabulary_corrects_what_its_key_sends(gateway: Gateway) -> None:
    stored = put(gateway, ["Zorvath"])

    assert stored.json() == {
        "object": "vocabulary",
        "key": "desk",
        "terms": ["Zorvath"],
        "version": 1,
    }
    assert transcribed(gateway)["corrections"] == [SORVAT]
    assert "corrections" not in transcribed(gateway, spelling="off")
    assert "corrections" not in transcribed(gateway, who="reader")


def test_a_vocabulary_is_listed_and_read_with_its_etag(gateway: Gateway) -> None:
    stored = put(gateway, ["Zorvath", " Zorvath ", "Ana\u0000 Ruiz\u200b"]).json()

    found = call(gateway, "GET", DESK)
    listed = call(gateway, "GET", "vocabulary")
    again = call(gateway, "GET", DESK, headers={"If-None-Match": found.headers["ETag"]})

    assert found.json() == stored
    assert found.json()["terms"] == ["Zorvath", "Ana Ruiz"]
    assert listed.json()["data"] == [stored]
    assert again.status_code == 304


def test_a_key_manages_its_own_vocabulary_and_no_other(gateway: Gateway) -> None:
    assert put(gateway, ["Zorvath"], who="desk").status_code == 200
    assert call(gateway, "GET", DESK, who="desk").json()["terms"] == ["Zorvath"]
    assert call(gateway, "GET", DESK, who="reader").status_code == 200
    assert code_of(put(gateway, [], who="reader")) == (403, "insufficient_scope")
    assert call(gateway, "GET", "vocabulary/archive", who="desk").status_code == 403
    assert call(gateway, "GET", "vocabulary", who="desk").status_code == 403


def test_a_key_without_a_vocabulary_has_an_empty_one(gateway: Gateway) -> None:
    answer = call(gateway, "GET", DESK)

    assert (answer.json()["terms"], answer.headers["ETag"]) == ([], '"0"')


def test_a_name_that_no_key_has_is_not_found(gateway: Gateway) -> None:
    answer = call(gateway, "PUT", "vocabulary/dseck", json={"terms": ["Zorvath"]})

    assert code_of(answer) == (404, "key_not_found")


def test_a_change_of_another_version_is_refused(gateway: Gateway) -> None:
    first = put(gateway, ["Zorvath"], **{"If-Match": '"0"'})
    second = put(gateway, ["Halniley"], **{"If-Match": '"0"'})

    assert first.status_code == 200
    assert code_of(second) == (412, "precondition_failed")


@pytest.mark.parametrize(
    "terms",
    [["x" * 10_000], ["Ana"] * 100_000, "Ana", [["Ana"]], ["Ana", "\u200b"], None],
)
def test_terms_that_cannot_be_stored_are_refused(gateway: Gateway, terms: object) -> None:
    assert param_of(put(gateway, terms)) == (400, "terms")


def test_the_audit_has_the_key_and_the_number_of_terms(gateway: Gateway) -> None:
    put(gateway, ["Zorvath"])

    entry = AuditEntry.objects.get(action="vocabulary_changed")
    assert (entry.actor, entry.detail) == ("archive", {"key": "desk", "terms": 1})


def test_the_names_of_the_library_are_spelled_right_on_request(gateway: Gateway) -> None:
    add_person(gateway, "Zorvath Halniley")
    path, fields = "/api/audio/label-merge", {"timeline": "[]", "transcribe": "true"}

    asked = transcribed(gateway, path, "reader", **fields, spelling="people")
    plain = transcribed(gateway, path, "reader", **fields)
    unread = transcribed(gateway, path, "desk", **fields, spelling="people")
    own = transcribed(gateway, path, "reader", **fields, spelling="people", known_voiceprints="{}")

    assert asked["corrections"] == [SORVAT]
    assert "corrections" not in {*plain, *unread, *own}
