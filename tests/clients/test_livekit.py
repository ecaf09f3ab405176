"""LiveKit's own OpenAI services, as its voice agents run them."""

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
def livekit() -> Iterator[Program]:
    with running_python("livekit_program", "livekit") as program:
        yield program


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"model": "whisper-1"},
        {"model": "gpt-4o-transcribe", "language": "en-US", "prompt": "A home"},
        {"model": "gpt-transcribe", "language": ["en", "de"], "keywords": ["blinds"]},
        {"model": "whisper-1", "detect_language": True, "temperature": 0.2},
    ],
    ids=["default", "whisper-1", "gpt-4o-transcribe", "gpt-transcribe", "detected"],
)
def test_an_utterance_is_transcribed(
    livekit: Program, hearing: Gateway, options: dict[str, object]
) -> None:
    heard = livekit.ask(
        "transcribe", base_url=f"{hearing.url}/v1", samples=SAMPLES, options=options
    )

    assert heard["text"] == TEXT
    assert heard["type"] == "final_transcript"


def test_a_realtime_session_finds_the_end_of_a_turn(
    livekit: Program, hearing_realtime: Realtime, utterance: bytes
) -> None:
    heard = livekit.ask(
        "listen", base_url=hearing_realtime.base_url, samples=utterance, options={"language": "en"}
    )

    assert heard["text"] == TEXT
    assert heard["types"] == [
        "start_of_speech",
        "end_of_speech",
        "interim_transcript",
        "final_transcript",
    ]


@pytest.mark.parametrize(
    "options",
    [{}, {"model": "tts-1", "voice": "alloy"}, {"response_format": "pcm", "instructions": "Calm"}],
    ids=["events", "bytes", "pcm"],
)
def test_an_answer_is_spoken(
    livekit: Program, scripted: Gateway, faults: FaultServer, options: dict[str, object]
) -> None:
    speak_a_tone(faults)

    spoken = livekit.ask("speak", base_url=f"{scripted.url}/v1", text="Hi there.", options=options)

    assert spoken["rates"] == [RATE]
    assert abs(len(base64.b64decode(spoken["samples"])) / 2 - len(SPOKEN)) < 0.1 * RATE


def test_a_wrong_key_is_the_status_that_its_agents_do_not_try_again(
    livekit: Program, keyed: Gateway
) -> None:
    with pytest.raises(ClientError, match="401"):
        livekit.ask("transcribe", base_url=f"{keyed.url}/v1", samples=SAMPLES, options={})
