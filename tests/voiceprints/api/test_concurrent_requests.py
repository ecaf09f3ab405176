"""Concurrent requests create nothing twice, and restore nothing that was erased."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.gateway_process import Gateway
from tests.voiceprints.api.calls import add_person, call
from tests.voiceprints.people import SPACE, axis, transcript
from voiceprints.models import IdempotencyKey, Person, Space, TranscriptSpeaker, Voiceprint

REQUESTS = range(6)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(len(REQUESTS)) as pool:
        yield pool


def test_concurrent_requests_add_one_person_of_a_name(
    library_gateway: Gateway, threads: ThreadPoolExecutor
) -> None:
    def create(number: int) -> int:
        return call(library_gateway, "POST", "people", json={"name": "Ana"}).status_code

    statuses = list(threads.map(create, REQUESTS))

    assert sorted(statuses) == [201, 409, 409, 409, 409, 409]


def test_concurrent_requests_with_one_key_add_one_person(
    library_gateway: Gateway, threads: ThreadPoolExecutor
) -> None:
    def create(number: int) -> int:
        headers = {"Idempotency-Key": "k1"}
        body = {"name": "Ana"}
        return call(library_gateway, "POST", "people", json=body, headers=headers).status_code

    statuses = set(threads.map(create, REQUESTS))

    assert 201 in statuses
    assert statuses <= {201, 409}
    assert Person.objects.count() == 1
    assert IdempotencyKey.objects.get().status == 201


def test_a_person_erased_during_enrolment_remains_erased(
    library_gateway: Gateway, threads: ThreadPoolExecutor
) -> None:
    ana = add_person(library_gateway, "Ana")
    body = {"fingerprint": axis(0).tolist(), "space": SPACE}

    def work(number: int) -> int:
        path = f"people/{ana}"
        if number == 2:
            return call(library_gateway, "DELETE", path).status_code
        headers = {"Idempotency-Key": f"k{number}"}
        return call(
            library_gateway, "POST", f"{path}/voiceprints", json=body, headers=headers
        ).status_code

    statuses = list(threads.map(work, REQUESTS))

    assert statuses[2] == 204
    assert set(statuses) <= {201, 204, 404}
    assert not Voiceprint.objects.exists()
    assert not IdempotencyKey.objects.filter(body__isnull=False).exists()


def test_two_speakers_are_named_across_each_others_transcripts(
    library_gateway: Gateway, threads: ThreadPoolExecutor
) -> None:
    space = Space.for_engine(SPACE)
    transcripts = [transcript() for _ in REQUESTS]
    TranscriptSpeaker.objects.bulk_create(
        TranscriptSpeaker(
            transcript=stored,
            label=f"Speaker_{number}",
            name=f"Unknown_{number}",
            source="unmatched",
            embedding=axis(number).tolist(),
            space=space,
        )
        for stored in transcripts
        for number in REQUESTS
    )

    def name(number: int) -> int:
        path = f"transcripts/{transcripts[number].id}/speakers/Speaker_{number}"
        body = {"name": f"P{number}", "also": "similar"}
        return call(library_gateway, "PATCH", path, json=body).status_code

    assert list(threads.map(name, REQUESTS)) == [200] * len(REQUESTS)
    assert not TranscriptSpeaker.objects.filter(person=None).exists()
