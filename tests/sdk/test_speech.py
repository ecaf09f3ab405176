"""Speech, as each version of the official client requests it, over a scripted engine."""

from collections.abc import Iterator
from threading import Event

import httpx
import pytest

from tests.engine_answers import SPEAK, SPEECH
from tests.environment import engine_urls
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.sdk.client_process import Raised, Sdk

ASKED = {"model": "tts-1", "voice": "alloy", "input": "Hi"}

OPENAI_VOICES = [
    "alloy",
    "ash",
    "ballad",
    "coral",
    "echo",
    "fable",
    "onyx",
    "nova",
    "sage",
    "shimmer",
    "verse",
    "marin",
    "cedar",
]


@pytest.fixture(scope="module")
def engines_voices() -> set[str]:
    """The voices of the built-in engine."""
    listed = httpx.get(engine_urls()["KOKORO_URL"] + "/v1/audio/voices").json()["voices"]
    return {voice["id"] for voice in listed}


def test_speech_is_the_engines_audio(sdk: Sdk, speaking: Gateway) -> None:
    spoken = sdk.speak(speaking)

    assert spoken.audio == SPEECH
    assert spoken.headers["content-type"] == "audio/mpeg"


@pytest.mark.parametrize(
    "model", ["tts-1", "tts-1-hd", "gpt-4o-mini-tts", "gpt-4o-mini-tts-2025-12-15", "kokoro"]
)
def test_openais_models_speak(sdk: Sdk, speaking: Gateway, model: str) -> None:
    assert sdk.speak(speaking, model=model).audio == SPEECH


def test_speech_has_a_request_id(sdk: Sdk, speaking: Gateway) -> None:
    assert sdk.speak(speaking).headers["x-request-id"]


def test_a_voice_may_be_an_object(sdk: Sdk, speaking: Gateway, faults: FaultServer) -> None:
    sdk.speak(speaking, voice={"id": "af_heart"})

    assert faults.asked[0].json["voice"] == "af_heart"


@pytest.mark.parametrize("voice", OPENAI_VOICES)
def test_every_voice_of_openais_is_one_that_the_engine_has(
    newest_sdk: Sdk, speaking: Gateway, faults: FaultServer, engines_voices: set[str], voice: str
) -> None:
    newest_sdk.speak(speaking, voice=voice)

    assert faults.asked[0].json["voice"] in engines_voices


def test_without_a_voice_the_default_one_speaks(speaking: Gateway, faults: FaultServer) -> None:
    answer = speaking.post(SPEAK, json={"model": "tts-1", "input": "Hi"})

    assert answer.status_code == 200
    assert faults.asked[0].json["voice"] == "bm_george"


def test_the_longest_text_is_spoken(sdk: Sdk, speaking: Gateway) -> None:
    assert sdk.speak(speaking, input="x" * 4096).audio == SPEECH


@pytest.mark.parametrize("text", ["x" * 4097, "", "   "], ids=["too long", "empty", "blank"])
def test_a_text_that_cannot_be_spoken_is_named(sdk: Sdk, speaking: Gateway, text: str) -> None:
    with pytest.raises(Raised, match="input") as failure:
        sdk.speak(speaking, input=text)

    assert failure.value.status == 400
    assert failure.value.param == "input"


@pytest.mark.parametrize("speed", [0.25, 4.0])
def test_the_slowest_and_the_fastest_speech_reach_the_engine(
    sdk: Sdk, speaking: Gateway, faults: FaultServer, speed: float
) -> None:
    sdk.speak(speaking, speed=speed)

    assert faults.asked[0].json["speed"] == speed


@pytest.mark.parametrize("speed", [0.2, 4.1])
def test_a_speed_beyond_them_is_named(sdk: Sdk, speaking: Gateway, speed: float) -> None:
    with pytest.raises(Raised, match="speed") as failure:
        sdk.speak(speaking, speed=speed)

    assert failure.value.status == 400
    assert failure.value.param == "speed"


def test_fields_unknown_to_openai_are_accepted(sdk: Sdk, speaking: Gateway) -> None:
    foreign = {
        "backend": "kokoro",
        "lang_code": "b",
        "stream": True,
        "normalization_options": {"normalize": False},
    }

    assert sdk.speak(speaking, **foreign).audio == SPEECH


@pytest.mark.parametrize("instructions", ["", "None", "Whisper."])
def test_instructions_are_accepted(sdk: Sdk, speaking: Gateway, instructions: str) -> None:
    assert sdk.speak(speaking, instructions=instructions).audio == SPEECH


def test_speech_that_breaks_off_does_not_end_cleanly(
    sdk: Sdk, speaking: Gateway, faults: FaultServer
) -> None:
    half = {"pieces": (b"ID3", b"half"), "pause_s": 0.05, "cut": True}
    faults.answer(SPEAK, content_type="audio/mpeg", **half)

    with pytest.raises(Raised) as failure:
        sdk.speak(speaking)

    cut_off = {"APIConnectionError", "RemoteProtocolError", "TypeError"}
    assert cut_off & set(failure.value.kinds)


def test_an_engine_that_speaks_nothing_is_an_error(
    sdk: Sdk, speaking: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, b"", content_type="audio/mpeg")

    with pytest.raises(Raised, match="spoke nothing") as failure:
        sdk.speak(speaking)

    assert "InternalServerError" in failure.value.kinds


def test_the_first_audio_arrives_before_the_last_is_spoken(
    sdk: Sdk, speaking: Gateway, faults: FaultServer
) -> None:
    heard = Event()
    faults.answer(SPEAK, pieces=_half_until(heard), content_type="audio/mpeg")

    first = sdk.ask("begin_to_speak", speaking, fields=ASKED)
    heard.set()

    assert first.audio == b"first"


def _half_until(heard: Event) -> Iterator[bytes]:
    """Speak the second half only when the client has received the first."""
    yield b"first"
    heard.wait(timeout=10)
    yield b"second"


def test_streamed_events_reach_the_program_as_they_are(sdk: Sdk, speaking: Gateway) -> None:
    spoken = sdk.speak(speaking, stream_format="sse")

    assert spoken.headers["content-type"].startswith("text/event-stream")
    assert b'"speech.audio.delta"' in spoken.audio
    assert spoken.audio.count(b'"speech.audio.done"') == 1


@pytest.mark.parametrize("slash", ["", "/"])
def test_neither_spelling_of_the_address_redirects(speaking: Gateway, slash: str) -> None:
    answer = speaking.post(SPEAK + slash, json=ASKED, follow_redirects=False)

    assert answer.status_code == 200
