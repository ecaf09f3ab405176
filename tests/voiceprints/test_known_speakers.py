"""Tests of known speakers of a transcription, looked up in the library by name."""

import httpx

from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.voiceprints.conftest import key
from tests.voiceprints.people import axis, consenting, voiceprint_of
from voiceprints.models import Person


def asked(gateway: Gateway, who: str, *names: str) -> httpx.Response:
    data = {"response_format": "diarized_json", "known_speaker_names[]": list(names)}
    return gateway.post(
        "/v1/audio/transcriptions", files={"file": TONE}, data=data, headers=key(who)
    )


def speakers(answer: httpx.Response) -> list[str]:
    return [segment["speaker"] for segment in answer.json()["segments"]]


def test_a_name_without_a_reference_is_looked_up_as_the_client_spells_it(
    library_gateway: Gateway,
) -> None:
    voiceprint_of(consenting("Ben Ortner"), axis(1))

    answer = asked(library_gateway, "reader", "ben ortner")

    assert speakers(answer) == ["A", "ben ortner"]


def test_a_person_the_client_did_not_name_stays_anonymous(library_gateway: Gateway) -> None:
    voiceprint_of(consenting("Ben"), axis(1))

    assert speakers(asked(library_gateway, "reader", "Clara")) == ["A", "B"]


def test_a_person_whose_consent_ended_stays_anonymous(library_gateway: Gateway) -> None:
    ben = consenting("Ben")
    voiceprint_of(ben, axis(1))
    Person.objects.filter(pk=ben.pk).update(consent_until=ben.created_at)

    assert speakers(asked(library_gateway, "reader", "Ben")) == ["A", "B"]


def test_a_key_that_may_not_read_the_library_is_refused(library_gateway: Gateway) -> None:
    answer = asked(library_gateway, "desk", "Ben")

    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "insufficient_scope"
