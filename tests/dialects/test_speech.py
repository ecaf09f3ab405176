"""Speech of foreign engines through the whole gateway."""

import pytest

from tests.dialects.conftest import Configure
from tests.dialects.scripted_engines import ScriptedEngine
from tests.faults import FaultServer
from tests.faults.answers import as_json

SPEAK = "/v1/audio/speech"
SPEAKING = ["openai", "localai", "speaches", "nemo-speech-cpp"]


def speaking(faults: FaultServer, dialect: str) -> ScriptedEngine:
    faults.answer(f"/speech{SPEAK}", b"RIFF spoken", content_type="audio/wav")
    named = {"URL": f"{faults.url}/speech", "DIALECT": dialect, "MODEL": "tts", "KEY": "KEY"}
    return ScriptedEngine(
        "speech", dialect, {f"SPEECH_{name}": value for name, value in named.items()}
    )


@pytest.mark.parametrize("dialect", SPEAKING)
def test_a_text_is_spoken(configure: Configure, faults: FaultServer, dialect: str) -> None:
    gateway = configure(speaking(faults, dialect))

    answer = gateway.post(SPEAK, json={"input": "Hello.", "voice": "alloy", "model": "tts-1"})

    assert (answer.status_code, answer.content) == (200, b"RIFF spoken")
    sent = faults.asked[-1].json
    assert (sent["model"], sent["input"], sent["voice"]) == ("tts", "Hello.", "alloy")
    assert faults.asked[-1].headers["authorization"] == "Bearer KEY"


@pytest.mark.parametrize("dialect", SPEAKING)
def test_the_models_are_listed_without_the_engine_s_voices(
    configure: Configure, faults: FaultServer, dialect: str
) -> None:
    answer = configure(speaking(faults, dialect)).get("/v1/models")

    assert answer.status_code == 200


def test_a_refused_voice_is_named(configure: Configure, faults: FaultServer) -> None:
    gateway = configure(speaking(faults, "openai"))
    refusal = {"error": {"message": "voice 'alloy' is unknown", "param": None}}
    faults.break_with(f"/speech{SPEAK}", as_json(refusal, status=400))

    answer = gateway.post(SPEAK, json={"input": "Hello.", "voice": "alloy"})

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "voice")
