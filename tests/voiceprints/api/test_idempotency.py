"""A repeated creation gets the stored answer and creates nothing."""

from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.voiceprints.api.calls import CONSENT, add_person, call, code_of, param_of
from tests.voiceprints.people import SPACE, axis
from voiceprints.models import IdempotencyKey, Person, Voiceprint

ANA = {"name": "Ana", "consent": CONSENT}


def create(
    gateway: Gateway, body: object = ANA, *, key: str = "k1", who: str = "archive"
) -> httpx.Response:
    """Add a person under an Idempotency-Key."""
    return call(gateway, "POST", "people", json=body, who=who, headers={"Idempotency-Key": key})


def test_the_same_request_gets_the_same_answer(library_gateway: Gateway) -> None:
    first = create(library_gateway)

    again = create(library_gateway)

    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (again.headers["ETag"], again.headers["Location"]) == (
        first.headers["ETag"],
        first.headers["Location"],
    )
    assert "Idempotent-Replayed" not in first.headers


def test_the_order_of_fields_does_not_matter(library_gateway: Gateway) -> None:
    create(library_gateway)

    assert create(library_gateway, dict(reversed(ANA.items()))).status_code == 201


def test_another_request_with_the_same_key_is_refused(library_gateway: Gateway) -> None:
    create(library_gateway)

    answer = create(library_gateway, {"name": "Ben"})

    assert code_of(answer) == (422, "idempotency_key_reused")
    assert Person.objects.count() == 1


def test_a_key_belongs_to_its_client(library_gateway: Gateway) -> None:
    create(library_gateway)

    answer = create(library_gateway, {"name": "Ben"}, who="writer")

    assert answer.status_code == 201


def test_a_repeat_during_the_first_request_is_asked_to_wait(library_gateway: Gateway) -> None:
    create(library_gateway)
    IdempotencyKey.objects.update(status=None, body=None)

    answer = create(library_gateway)

    assert code_of(answer) == (409, "idempotency_key_in_use")
    assert answer.headers["Retry-After"] == "1"


def test_a_request_that_never_ended_releases_its_key(library_gateway: Gateway) -> None:
    create(library_gateway)
    long_ago = timezone.now() - timedelta(hours=2)
    IdempotencyKey.objects.update(status=None, body=None, created_at=long_ago)

    assert create(library_gateway, {"name": "Ben"}).status_code == 201


def test_a_key_lasts_a_day(library_gateway: Gateway) -> None:
    create(library_gateway)
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))

    assert create(library_gateway, {"name": "Ben"}).status_code == 201


def test_a_refused_request_releases_its_key(library_gateway: Gateway) -> None:
    add_person(library_gateway, "Ana")
    refused = create(library_gateway)

    assert code_of(refused) == (409, "name_taken")
    assert create(library_gateway, {"name": "Ben"}).status_code == 201


def test_an_answer_about_an_erased_person_is_not_repeated(library_gateway: Gateway) -> None:
    ana = create(library_gateway).json()["id"]
    call(library_gateway, "DELETE", f"people/{ana}")

    answer = create(library_gateway)

    assert code_of(answer) == (410, "idempotency_answer_forgotten")
    assert not Person.objects.exists()


@pytest.mark.parametrize("key", ["", "a b", "\xe4", "k" * 256])
def test_an_invalid_key_is_refused(library_gateway: Gateway, key: str) -> None:
    answer = call(
        library_gateway,
        "POST",
        "people",
        json=ANA,
        headers={"Idempotency-Key": key.encode("latin-1")},  # type: ignore[dict-item]
    )

    assert param_of(answer) == (400, "Idempotency-Key")


def test_a_voiceprint_is_created_once(library_gateway: Gateway) -> None:
    path = f"people/{add_person(library_gateway, 'Ana')}/voiceprints"
    body = {"fingerprint": axis(0).tolist(), "space": SPACE}
    headers = {"Idempotency-Key": "k1"}

    first = call(library_gateway, "POST", path, json=body, headers=headers)
    again = call(library_gateway, "POST", path, json=body, headers=headers)

    assert first.json() == again.json()
    assert Voiceprint.objects.count() == 1


def test_the_same_form_with_another_recording_is_another_request(
    library_gateway: Gateway, faults: FaultServer
) -> None:
    path = f"people/{add_person(library_gateway, 'Ana')}/voiceprints"
    headers = {"Idempotency-Key": "k1"}
    made = call(library_gateway, "POST", path, files={"file": TONE}, headers=headers)
    IdempotencyKey.objects.filter(key="k1").delete()
    assert made.status_code == 422
    _under_way(path)

    answer = call(library_gateway, "POST", path, files={"file": TONE + b"\0"}, headers=headers)

    assert code_of(answer) == (422, "idempotency_key_reused")


def _under_way(path: str) -> None:
    IdempotencyKey.objects.create(
        key="k1",
        client="archive",
        method="POST",
        path=f"/api/{path}",
        request_sha256="ab" * 32,
    )


def test_an_answer_about_a_merged_person_is_not_repeated(
    library_gateway: Gateway,
) -> None:
    ana = create(library_gateway).json()["id"]
    anna = add_person(library_gateway, "Anna")
    call(library_gateway, "POST", f"people/{anna}/merge", json={"from": ana})

    again = create(library_gateway)

    assert code_of(again) == (410, "idempotency_answer_forgotten")
