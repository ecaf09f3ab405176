"""sfortis/openai_tts for Home Assistant: JSON to the whole address, a full stop as a check."""

import io

import av

from tests.engine_answers import SPEAK, SPEECH
from tests.faults import FaultServer
from tests.gateway_process import Gateway

HEADERS = {"authorization": "Bearer sk-none", "user-agent": "HomeAssistant-OpenAI-TTS"}


def test_its_key_is_checked_with_a_full_stop(scripted: Gateway) -> None:
    asked = {"model": "tts-1", "input": ".", "voice": "alloy", "response_format": "mp3"}

    answer = scripted.post(SPEAK, json=asked, headers=HEADERS)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/mpeg"
    with av.open(io.BytesIO(answer.content), mode="r", format="mp3") as container:
        assert sum(frame.samples for frame in container.decode(audio=0)) > 0


def test_its_extra_payload_is_accepted(speaking: Gateway, faults: FaultServer) -> None:
    asked = {
        "model": "tts-1",
        "input": "Hello.",
        "voice": "shimmer",
        "response_format": "mp3",
        "speed": 1.0,
        "instructions": "Friendly.",
        "normalization_options": {"normalize": True},
    }

    assert speaking.post(SPEAK, json=asked, headers=HEADERS).content == SPEECH
    assert faults.asked[0].json["response_format"] == "mp3"
