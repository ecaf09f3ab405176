"""The endpoint that identifies speakers by voice."""

import pytest

from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.voiceprints.api.calls import call, code_of, param_of
from tests.voiceprints.people import SPACE, axis, blend, consenting, voiceprint_of
from voiceprints.models import AuditEntry, Space

IDENTIFY = "voiceprints/identify"


def test_every_speaker_of_a_recording_is_identified(library_gateway: Gateway) -> None:
    ben = consenting("Ben")
    voiceprint_of(ben, blend({1: 0.9, 2: 0.1}))
    voiceprint_of(consenting("Ana"), axis(5))

    answer = call(
        library_gateway, "POST", IDENTIFY, files={"file": TONE}, data={"limit": 1}, who="reader"
    )

    person = {"id": str(ben.id), "name": "Ben"}
    assert answer.json() == {
        "object": "identification",
        "speakers": [
            {
                "label": "Speaker_0",
                "speech_s": 4.0,
                "decision": "unknown",
                "person": None,
                "margin": 0.0,
                "candidates": [
                    {
                        "person": answer.json()["speakers"][0]["candidates"][0]["person"],
                        "similarity": 0.0,
                    }
                ],
            },
            {
                "label": "Speaker_1",
                "speech_s": 4.0,
                "decision": "match",
                "person": person,
                "margin": 0.9939,
                "candidates": [{"person": person, "similarity": 0.9939}],
            },
        ],
    }


def test_a_fingerprint_is_identified(library_gateway: Gateway) -> None:
    voiceprint_of(consenting("Ben"), axis(1))
    body = {"fingerprint": (2 * axis(1)).tolist(), "space": SPACE}

    answer = call(library_gateway, "POST", IDENTIFY, json=body).json()

    assert [(s["label"], s["person"]["name"]) for s in answer["speakers"]] == [(None, "Ben")]


def test_two_people_with_similar_voices_are_ambiguous(library_gateway: Gateway) -> None:
    voiceprint_of(consenting("Ben"), blend({1: 1, 2: 0.2}))
    voiceprint_of(consenting("Bert"), blend({1: 1, 2: -0.2}))
    body = {"fingerprint": axis(1).tolist(), "space": SPACE}

    answer = call(library_gateway, "POST", IDENTIFY, json=body).json()["speakers"][0]

    assert (answer["decision"], answer["person"], answer["margin"]) == ("ambiguous", None, 0.0)
    assert len(answer["candidates"]) == 2


def test_an_identification_is_audited(library_gateway: Gateway) -> None:
    call(library_gateway, "POST", IDENTIFY, files={"file": TONE}, who="reader")

    noted = AuditEntry.objects.get()

    assert (noted.actor, noted.action, noted.detail["speakers"]) == ("reader", "identified", 2)


def test_every_speaker_is_unknown_to_a_library_without_voiceprints(
    library_gateway: Gateway,
) -> None:
    answer = call(library_gateway, "POST", IDENTIFY, files={"file": TONE}).json()

    assert [s["decision"] for s in answer["speakers"]] == ["unknown", "unknown"]


def test_a_recording_without_speech_has_no_speakers(
    library_gateway: Gateway, faults: FaultServer
) -> None:
    silence = {"segments": [], "speakers_detected": [], "fingerprints": {}, "duration": 1.0}
    faults.answer("/v1/audio/diarize-chunk", silence)

    answer = call(library_gateway, "POST", IDENTIFY, files={"file": TONE}).json()

    assert answer["speakers"] == []


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "file"),
        ({"fingerprint": axis(0).tolist()}, "space"),
        ({"space": SPACE}, "file"),
        ({"fingerprint": axis(0).tolist(), "space": "nothing"}, "space"),
        ({"fingerprint": axis(0).tolist(), "space": 1}, "space"),
        ({"fingerprint": axis(0).tolist(), "space": "a\u0000"}, "space"),
        ({"fingerprint": [1], "space": SPACE}, "fingerprint"),
        ({"fingerprint": axis(0).tolist(), "space": SPACE, "limit": 0}, "limit"),
        ({"fingerprint": axis(0).tolist(), "space": SPACE, "limit": 10**20}, "limit"),
        ({"file": "text"}, "file"),
    ],
)
def test_an_invalid_request_is_refused(library_gateway: Gateway, body: object, param: str) -> None:
    Space.for_engine(SPACE)

    assert param_of(call(library_gateway, "POST", IDENTIFY, json=body)) == (400, param)


def test_an_unreachable_engine_is_reported(library_gateway: Gateway, faults: FaultServer) -> None:
    faults.answer("/v1/audio/diarize-chunk", {"detail": "CUDA"}, status=500)

    answer = call(library_gateway, "POST", IDENTIFY, files={"file": TONE})

    assert code_of(answer) == (503, "engine_restarting")


def test_the_spaces_are_listed(library_gateway: Gateway) -> None:
    Space.for_engine("campplus@92f2")

    assert call(library_gateway, "GET", "spaces", who="reader").json()["data"] == [
        {
            "object": "space",
            "name": "campplus@92f2",
            "model": "campplus",
            "revision": "92f2",
            "dimension": 192,
            "threshold": 0.5,
            "threshold_source": "default",
            "threshold_reason": "The default: no voiceprints have been counted yet.",
            "margin": 0.05,
        }
    ]
