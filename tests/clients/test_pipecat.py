"""pipecat's own OpenAI services, each in a pipeline as its voice agents build it."""

import base64
from collections.abc import Iterator

import pytest

from tests.clients.program import ClientError, Program, running_python
from tests.clients.spoken import RATE, SPOKEN, speak_a_tone
from tests.engine_answers import TEXT
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.realtime_process import Realtime
from tests.recordings import TONE

SAMPLES = TONE[44:]


@pytest.fixture(scope="module")
def pipecat() -> Iterator[Program]:
    with running_python("pipecat_program", "pipecat") as program:
        yield program


@pytest.mark.parametrize(
    ("options", "probabilities"),
    [
        ({}, False),
        ({"keywords": ["blinds"], "prompt": "A home", "temperature": 0.2}, False),
        ({"model": "whisper-1"}, True),
        ({"model": "gpt-4o-transcribe"}, True),
    ],
    ids=["default", "keywords", "whisper-1", "gpt-4o-transcribe"],
)
def test_an_utterance_is_transcribed(
    pipecat: Program, hearing: Gateway, options: dict[str, object], probabilities: bool
) -> None:
    heard = pipecat.ask(
        "transcribe",
        base_url=f"{hearing.url}/v1",
        samples=SAMPLES,
        options=options,
        probabilities=probabilities,
    )

    assert heard["texts"] == [TEXT]


@pytest.mark.parametrize(
    ("turn_detection", "options"),
    [
        (False, {}),
        (False, {"model": "gpt-live-transcribe", "delay": "low", "noise_reduction": "near_field"}),
        (None, {"model": "gpt-transcribe"}),
        ({"type": "server_vad", "silence_duration_ms": 300}, {"model": "gpt-transcribe"}),
    ],
    ids=["committed", "live", "default", "server"],
)
def test_a_realtime_session_transcribes_a_turn(
    pipecat: Program,
    hearing_realtime: Realtime,
    utterance: bytes,
    turn_detection: object,
    options: dict[str, object],
) -> None:
    heard = pipecat.ask(
        "listen",
        url=hearing_realtime.url,
        samples=utterance,
        turn_detection=turn_detection,
        options=options,
    )

    assert heard["texts"] == [TEXT]


@pytest.mark.parametrize(
    "options",
    [{}, {"model": "tts-1", "voice": "onyx", "speed": 1.2}, {"instructions": "Calm"}],
    ids=["default", "tts-1", "instructions"],
)
def test_an_answer_is_spoken(
    pipecat: Program, scripted: Gateway, faults: FaultServer, options: dict[str, object]
) -> None:
    speak_a_tone(faults)

    spoken = pipecat.ask("speak", base_url=f"{scripted.url}/v1", text="Hi there.", options=options)

    assert spoken["rates"] == [RATE]
    assert base64.b64decode(spoken["samples"]) == SPOKEN.tobytes()


def test_a_wrong_key_is_reported_in_the_pipeline(pipecat: Program, keyed: Gateway) -> None:
    with pytest.raises(ClientError, match="Incorrect API key"):
        pipecat.ask("transcribe", base_url=f"{keyed.url}/v1", samples=SAMPLES, options={})
