"""Several clients at once: nothing is made twice, nothing comes back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.gateway_process import Gateway
from tests.voiceprints.api.calls import added, call
from tests.voiceprints.people import SPACE, axis, transcript
from voiceprints.models import IdempotencyKey, Person, Space, TranscriptSpeaker, Voiceprint

SIX = range(6)


@pytest.fixture
def at_once() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(len(SIX)) as threads:
        yield threads


def test_of_many_of_one_name_one_is_made(
    library_gateway: Gateway, at_once: ThreadPoolExecutor
) -> None:
    def create(number: int) -> int:
        return call(library_gateway, "POST", "people", json={"name": "Ana"}).status_code

    statuses = list(at_once.map(create, SIX))

    assert sorted(statuses) == [201, 409, 409, 409, 409, 409]


def test_of_many_under_one_key_one_is_made(
    library_gateway: Gateway, at_once: ThreadPoolExecutor
) -> None:
    def create(number: int) -> int:
        headers = {"Idempotency-Key": "k1"}
        body = {"name": "Ana"}
        return call(library_gateway, "POST", "people", json=body, headers=headers).status_code

    statuses = set(at_once.map(create, SIX))

    assert 201 in statuses
    assert statuses <= {201, 409}
    assert Person.objects.count() == 1
    assert IdempotencyKey.objects.get().status == 201


def test_whoever_is_forgotten_while_enrolled_stays_forgotten(
    library_gateway: Gateway, at_once: ThreadPoolExecutor
) -> None:
    ana = added(library_gateway, "Ana")
    body = {"fingerprint": axis(0).tolist(), "space": SPACE}

    def work(number: int) -> int:
        path = f"people/{ana}"
        if number == 2:
            return call(library_gateway, "DELETE", path).status_code
        headers = {"Idempotency-Key": f"k{number}"}
        return call(
            library_gateway, "POST", f"{path}/voiceprints", json=body, headers=headers
        ).status_code

    statuses = list(at_once.map(work, SIX))

    assert statuses[2] == 204
    assert set(statuses) <= {201, 204, 404}
    assert not Voiceprint.objects.exists()
    assert not IdempotencyKey.objects.filter(body__isnull=False).exists()


def test_two_speakers_are_named_across_each_others_transcripts(
    library_gateway: Gateway, at_once: ThreadPoolExecutor
) -> None:
    space = Space.for_engine(SPACE)
    talks = [transcript() for _ in SIX]
    TranscriptSpeaker.objects.bulk_create(
        TranscriptSpeaker(
            transcript=talk,
            label=f"Speaker_{number}",
            name=f"Unknown_{number}",
            source="unmatched",
            embedding=axis(number).tolist(),
            space=space,
        )
        for talk in talks
        for number in SIX
    )

    def name(number: int) -> int:
        path = f"transcripts/{talks[number].id}/speakers/Speaker_{number}"
        body = {"name": f"P{number}", "also": "similar"}
        return call(library_gateway, "PATCH", path, json=body).status_code

    assert list(at_once.map(name, SIX)) == [200] * len(SIX)
    assert not TranscriptSpeaker.objects.filter(person=None).exists()
