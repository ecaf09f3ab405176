"""Speech, over an engine whose answers are scripted."""

import pytest

from tests.fault_server import FaultServer
from tests.gateway_process import Gateway

SPEAK = "/v1/audio/speech"


def test_speech_carries_the_engines_bytes_and_content_type(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, pieces=(b"RIFF", b"more"), content_type="audio/wav")

    answer = scripted.post(SPEAK, json={"input": "Hello."})

    assert answer.content == b"RIFFmore"
    assert answer.headers["content-type"] == "audio/wav"


def test_speech_without_choices_is_george_in_wav_by_kokoro(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")

    scripted.post(SPEAK, json={"input": "  Hello.  "})

    assert faults.asked[0].json == {
        "input": "Hello.",
        "model": "kokoro",
        "voice": "bm_george",
        "response_format": "wav",
    }


def test_an_openai_voice_and_model_are_the_engines_own_when_they_arrive(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")
    asked = {"input": "Hi", "model": "gpt-4o-mini-tts-2025-12-15", "voice": {"id": "marin"}}

    scripted.post(SPEAK, json=asked)

    assert faults.asked[0].json["voice"] == "af_heart"
    assert faults.asked[0].json["model"] == "kokoro"


def test_further_fields_of_a_speech_request_reach_the_engine(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")

    scripted.post(SPEAK, json={"input": "Hi", "speed": 1.25, "volume_multiplier": 0.5})

    assert faults.asked[0].json["speed"] == 1.25
    assert faults.asked[0].json["volume_multiplier"] == 0.5


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"input": ""}, "input"),
        ({"input": "   "}, "input"),
        ({}, "input"),
        ({"input": "x" * 4097}, "input"),
        ({"input": "Hi", "speed": 4.1}, "speed"),
        ({"input": "Hi", "voice": {"name": "x"}}, "voice"),
        ({"input": "Hi", "response_format": "midi"}, "response_format"),
        ({"input": "Hi", "stream_format": "sse"}, "stream_format"),
    ],
)
def test_a_refused_speech_request_names_the_field(
    scripted: Gateway, body: dict[str, object], param: str
) -> None:
    answer = scripted.post(SPEAK, json=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param


@pytest.mark.parametrize("body", [b"[1, 2]", b'"text"', b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(scripted: Gateway, body: bytes) -> None:
    answer = scripted.post(SPEAK, content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"
