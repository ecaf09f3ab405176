"""SillyTavern's "OpenAI Compatible" voices, and what its server posts for them."""

import pytest

from tests.engine_answers import SPEAK, SPEECH
from tests.faults import FaultServer
from tests.gateway_process import Gateway


@pytest.mark.parametrize("voice", ["alloy", "echo", "fable", "onyx", "nova", "shimmer"])
def test_each_default_voice_speaks(speaking: Gateway, voice: str) -> None:
    asked = {
        "input": "Hello.",
        "response_format": "mp3",
        "voice": voice,
        "speed": 1,
        "model": "tts-1",
    }

    answer = speaking.post(SPEAK, json=asked, headers={"authorization": "Bearer"})

    assert answer.content == SPEECH


@pytest.mark.parametrize("speed", [0.25, 0.3, 4])
def test_the_ends_of_its_slider_are_served(
    speaking: Gateway, faults: FaultServer, speed: float
) -> None:
    speaking.post(SPEAK, json={"input": "Hello.", "voice": "alloy", "speed": speed})

    assert faults.asked[0].json["speed"] == speed
