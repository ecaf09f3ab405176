"""The endpoints for voiceprints; test_with_real_engines enrols from recordings."""

from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.voiceprints.api.calls import CONSENT, UNKNOWN_ID, add_person, call, code_of, param_of
from tests.voiceprints.people import (
    SPACE,
    axis,
    blend,
    consenting,
    speaker,
    transcript,
    voiceprint_of,
)
from voiceprints.models import AuditEntry, Person, Space, Voiceprint

NUMBERS = {"fingerprint": axis(0).tolist(), "space": SPACE}


def enrol(
    gateway: Gateway, person: object, body: object = NUMBERS, who: str = "archive"
) -> httpx.Response:
    """Enrol a voice from JSON."""
    return call(gateway, "POST", f"people/{person}/voiceprints", json=body, who=who)


def test_a_voice_is_enrolled_from_an_embedding(library_gateway: Gateway) -> None:
    ana = add_person(library_gateway, "Ana")

    made = enrol(library_gateway, ana)

    assert made.status_code == 201
    assert made.json() == {
        "object": "voiceprint",
        "id": str(Voiceprint.objects.get().id),
        "person": ana,
        "space": SPACE,
        "source": "caller",
        "speech_s": None,
        "quality": {},
        "sample_start_s": None,
        "sample_end_s": None,
        "sample_kept": False,
        "transcript": None,
        "speaker": None,
        "created_by": "archive",
        "created_at": made.json()["created_at"],
    }


@pytest.mark.parametrize("scale", [1e-300, 3.0, 1e300])
def test_embeddings_of_any_scale_are_the_same_voice(
    library_gateway: Gateway, scale: float
) -> None:
    given = blend({0: 0.6, 1: 0.8}) * scale

    enrol(
        library_gateway,
        add_person(library_gateway, "Ana"),
        NUMBERS | {"fingerprint": given.tolist()},
    )

    assert Voiceprint.objects.get().vector[:2] == pytest.approx([0.6, 0.8])


def test_a_voice_is_enrolled_from_a_transcript(library_gateway: Gateway) -> None:
    stored, space = transcript(), Space.for_engine(SPACE)
    speaker(stored, "Speaker_0", "Ana", embedding=axis(0).tolist(), space=space, speech_s=30.0)

    made = enrol(
        library_gateway,
        add_person(library_gateway, "Ana"),
        {"transcript": str(stored.id), "speaker": "Speaker_0"},
    ).json()

    assert (made["source"], made["transcript"]) == ("transcript", str(stored.id))
    assert (made["speaker"], made["speech_s"]) == ("Speaker_0", 30.0)


def test_a_speaker_with_too_little_speech_is_not_enrolled(library_gateway: Gateway) -> None:
    stored, space = transcript(), Space.for_engine(SPACE)
    speaker(stored, "Speaker_0", "Ana", embedding=axis(0).tolist(), space=space, speech_s=3.0)

    answer = enrol(
        library_gateway,
        add_person(library_gateway, "Ana"),
        {"transcript": str(stored.id), "speaker": "Speaker_0"},
    )

    assert code_of(answer) == (422, "too_little_speech")


def test_an_unknown_speaker_is_not_enrolled(library_gateway: Gateway) -> None:
    body = {"transcript": UNKNOWN_ID, "speaker": "Speaker_0"}

    answer = enrol(library_gateway, add_person(library_gateway, "Ana"), body)

    assert code_of(answer) == (404, "speaker_not_found")


def test_no_voice_is_enrolled_without_consent(library_gateway: Gateway) -> None:
    ana = Person.objects.create(name="Ana")

    assert code_of(enrol(library_gateway, ana.id)) == (409, "consent_missing")
    assert not Voiceprint.objects.exists()


def test_no_voice_is_enrolled_after_consent_has_ended(library_gateway: Gateway) -> None:
    ana = consenting("Ana", consent_until=timezone.now() - timedelta(hours=1))

    assert code_of(enrol(library_gateway, ana.id)) == (409, "consent_missing")


def test_a_known_voice_is_named_to_a_key_that_may_read(library_gateway: Gateway) -> None:
    ben = consenting("Ben")
    voiceprint_of(ben, axis(0))

    answer = enrol(library_gateway, add_person(library_gateway, "Ana"))

    assert code_of(answer) == (409, "voice_known")
    assert answer.json()["error"]["person"] == {"id": str(ben.id), "name": "Ben"}
    assert f"/api/people/{ben.id}/merge" in answer.json()["error"]["message"]


def test_a_known_voice_is_not_named_to_a_key_that_may_not_read(library_gateway: Gateway) -> None:
    ben = consenting("Ben")
    voiceprint_of(ben, axis(0))

    answer = enrol(library_gateway, add_person(library_gateway, "Ana"), who="writer")

    assert code_of(answer) == (409, "voice_known")
    assert "Ben" not in answer.text
    assert str(ben.id) not in answer.text


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "file"),
        ({"fingerprint": axis(0).tolist()}, "space"),
        ({"space": SPACE}, "fingerprint"),
        ({"transcript": UNKNOWN_ID}, "speaker"),
        ({"transcript": "x", "speaker": "Speaker_0"}, "transcript"),
        ({**NUMBERS, "transcript": UNKNOWN_ID}, "transcript"),
        ({**NUMBERS, "start": 1}, "start"),
        ({**NUMBERS, "sample": "x"}, "sample"),
        ({**NUMBERS, "fingerprint": [0.0] * 192}, "fingerprint"),
        ({**NUMBERS, "fingerprint": [1.0] * 191}, "fingerprint"),
        ({**NUMBERS, "fingerprint": [True] * 192}, "fingerprint"),
        ({**NUMBERS, "fingerprint": ["1"] * 192}, "fingerprint"),
        ({**NUMBERS, "fingerprint": [10**400] * 192}, "fingerprint"),
        ({**NUMBERS, "fingerprint": {"0": 1}}, "fingerprint"),
        ({**NUMBERS, "space": "\u0000 "}, "space"),
        ({**NUMBERS, "space": 5 * "x" * 100}, "space"),
    ],
)
def test_an_invalid_voiceprint_is_refused(
    library_gateway: Gateway, body: object, param: str
) -> None:
    assert param_of(enrol(library_gateway, add_person(library_gateway, "Ana"), body)) == (
        400,
        param,
    )


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_an_embedding_with_an_invalid_number_is_refused(
    library_gateway: Gateway, number: str
) -> None:
    ana = add_person(library_gateway, "Ana")
    body = f'{{"space": "{SPACE}", "fingerprint": [{number}{", 0.5" * 191}]}}'

    answer = call(
        library_gateway,
        "POST",
        f"people/{ana}/voiceprints",
        content=body,
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == 400


def test_a_span_needs_one_recording(library_gateway: Gateway) -> None:
    ana = add_person(library_gateway, "Ana")

    answer = call(
        library_gateway,
        "POST",
        f"people/{ana}/voiceprints",
        data={"transcript": UNKNOWN_ID, "speaker": "S", "start": "0", "end": "20"},
        files=[("file", TONE), ("file", TONE)],
    )

    assert param_of(answer) == (400, "file")


def test_a_span_ends_after_it_began(library_gateway: Gateway) -> None:
    ana = add_person(library_gateway, "Ana")

    answer = call(
        library_gateway,
        "POST",
        f"people/{ana}/voiceprints",
        data={"transcript": UNKNOWN_ID, "speaker": "S", "start": "20", "end": "20"},
        files={"file": TONE},
    )

    assert param_of(answer) == (400, "end")


def test_an_unreachable_engine_is_reported(library_gateway: Gateway, faults: FaultServer) -> None:
    ana = add_person(library_gateway, "Ana")
    faults.answer("/v1/audio/diarize-chunk", {"detail": "CUDA"}, status=500)
    faults.answer("/v1/audio/diarize", {"detail": "CUDA"}, status=500)

    answer = call(library_gateway, "POST", f"people/{ana}/voiceprints", files={"file": TONE})

    assert code_of(answer) == (503, "engine_restarting")


def test_voiceprints_are_listed_without_vectors(library_gateway: Gateway) -> None:
    ana = consenting("Ana")
    voiceprint_of(ana, axis(0))
    voiceprint_of(consenting("Ben"), axis(1))

    listed = call(library_gateway, "GET", f"people/{ana.id}/voiceprints", who="reader").json()

    assert [one["person"] for one in listed["data"]] == [str(ana.id)]
    assert "vector" not in listed["data"][0]
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("one", ["", "/{}"])
def test_vectors_are_returned_on_request_and_audited(library_gateway: Gateway, one: str) -> None:
    ana = consenting("Ana")
    path = f"people/{ana.id}/voiceprints{one}".format(voiceprint_of(ana, axis(0)).id)

    answer = call(library_gateway, "GET", f"{path}?include=vector", who="reader").json()

    assert answer.get("data", [answer])[0]["vector"] == axis(0).tolist()
    assert [entry.action for entry in AuditEntry.objects.all()] == ["vector_read"]
    assert AuditEntry.objects.get().person_id == ana.id


def test_one_voiceprint_is_read(library_gateway: Gateway) -> None:
    ana = consenting("Ana")
    voiceprint = voiceprint_of(ana, axis(0))

    answer = call(library_gateway, "GET", f"people/{ana.id}/voiceprints/{voiceprint.id}").json()

    assert (answer["id"], "vector" in answer) == (str(voiceprint.id), False)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_voiceprint_of_another_person_is_not_found(
    library_gateway: Gateway, method: str
) -> None:
    voiceprint = voiceprint_of(consenting("Ben"), axis(0))
    ana = add_person(library_gateway, "Ana")

    answer = call(library_gateway, method, f"people/{ana}/voiceprints/{voiceprint.id}")

    assert code_of(answer) == (404, "voiceprint_not_found")
    assert Voiceprint.objects.exists()


def test_a_voiceprint_is_deleted(library_gateway: Gateway) -> None:
    ana = consenting("Ana")
    voiceprint = voiceprint_of(ana, axis(0))

    answer = call(library_gateway, "DELETE", f"people/{ana.id}/voiceprints/{voiceprint.id}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert not Voiceprint.objects.exists()
    assert AuditEntry.objects.get().action == "print_deleted"


def test_withdrawn_consent_stops_matching_immediately(library_gateway: Gateway) -> None:
    ana = add_person(library_gateway, "Ana", consent=CONSENT)
    enrol(library_gateway, ana)
    call(library_gateway, "PATCH", f"people/{ana}", json={"consent": None})

    answer = call(library_gateway, "POST", "voiceprints/identify", json=NUMBERS)

    assert answer.json()["speakers"][0]["candidates"] == []
