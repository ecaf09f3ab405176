"""Tests of naming the speakers of a transcription by the stored library."""

import httpx

from tests.engine_answers import DIARIZE
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.voiceprints.conftest import key
from tests.voiceprints.locked_tables import tables_out_of_reach
from tests.voiceprints.people import axis, consenting, voiceprint_of
from voiceprints.models import (
    Space,
)

WITH_SPEAKERS = "/api/audio/transcribe-with-speakers"


def test_speakers_are_named_on_request(library_gateway: Gateway) -> None:
    voiceprint_of(consenting("Ben"), axis(1))

    answer = with_speakers(library_gateway, "reader", identify="true").json()

    assert answer["speakers_detected"] == ["Speaker_0", "Ben"]
    assert answer["speakers"] == [
        {"label": "Speaker_0", "name": None, "similarity": 0.0},
        {"label": "Speaker_1", "name": "Ben", "similarity": 1.0},
    ]
    assert [block["speaker"] for block in answer["segments"]] == ["Speaker_0", "Ben"]


def test_the_threshold_of_the_space_decides(library_gateway: Gateway) -> None:
    voiceprint_of(consenting("Ben"), 0.8 * axis(1) + 0.6 * axis(5))
    Space.objects.update(threshold=0.9)

    answer = with_speakers(library_gateway, "reader", identify="true").json()

    assert answer["speakers"][1] == {"label": "Speaker_1", "name": None, "similarity": 0.8}


def test_without_a_request_speakers_stay_anonymous(
    library_gateway: Gateway, faults: FaultServer
) -> None:
    voiceprint_of(consenting("Ben"), axis(1))

    with tables_out_of_reach():
        answer = with_speakers(library_gateway, "archive").json()

    assert answer["speakers_detected"] == ["Speaker_0", "Speaker_1"]
    assert "speakers" not in answer
    assert DIARIZE not in faults.paths()


def test_naming_needs_read_access(library_gateway: Gateway, faults: FaultServer) -> None:
    answer = with_speakers(library_gateway, "writer", identify="true")

    assert answer.status_code == 403
    assert "voices:read" in answer.json()["error"]["message"]
    assert faults.asked == []


def test_without_a_library_naming_is_refused(scripted: Gateway) -> None:
    answer = with_speakers(scripted, "reader", identify="true")

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "identify"


def test_turns_have_the_names_that_the_key_may_read(library_gateway: Gateway) -> None:
    voiceprint_of(consenting("Ben"), axis(1))

    named = diarization(library_gateway, "reader", "json").json()["segments"]
    rttm = diarization(library_gateway, "reader", "rttm").text.splitlines()
    plain = diarization(library_gateway, "writer", "json").json()["segments"]

    assert [one.get("name") for one in named] == [None, "Ben"]
    assert (named[1]["speaker"], named[1]["name_score"]) == ("SPEAKER_01", 1.0)
    assert rttm[1].split()[7] == "Ben"
    assert not any("name" in one for one in plain)


def diarization(gateway: Gateway, name: str, form: str) -> httpx.Response:
    """Request the turns with one of the keys."""
    fields = {"response_format": form}
    files = {"file": TONE}
    return gateway.post("/v1/audio/diarization", files=files, data=fields, headers=key(name))


def with_speakers(gateway: Gateway, name: str, **fields: str) -> httpx.Response:
    """Request transcribe-with-speakers with one of the keys."""
    return gateway.post(WITH_SPEAKERS, files={"file": TONE}, data=fields, headers=key(name))
