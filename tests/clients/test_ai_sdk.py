"""Vercel's AI SDK itself, which checks each answer against schemas of its own."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from tests.clients.program import ClientError, Program, running_node
from tests.clients.spoken import SPOKEN, speak_a_tone
from tests.engine_answers import DIARIZATION, DIARIZE_TURNS, TEXT, without_embeddings
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.realtime_process import Realtime
from tests.recordings import TONE


@pytest.fixture(scope="module")
def ai_sdk() -> Iterator[Program]:
    with running_node("ai_sdk_program.mjs", "ai_sdk") as program:
        yield program


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("whisper-1", {}),
        ("whisper-1", {"timestampGranularities": ["segment"], "temperature": 0.2}),
        ("gpt-4o-mini-transcribe", {"language": "en", "include": ["logprobs"]}),
        ("gpt-transcribe", {"languages": ["en", "de"], "keywords": ["blinds"]}),
    ],
    ids=["words", "segments", "gpt-4o-mini-transcribe", "gpt-transcribe"],
)
def test_a_recording_is_transcribed(
    ai_sdk: Program, hearing: Gateway, model: str, options: dict[str, Any]
) -> None:
    heard = _transcribed(ai_sdk, hearing, model, **options)

    assert heard["text"] == TEXT
    assert heard["warnings"] == []


def test_whispers_words_have_their_times_and_the_language_is_a_code(
    ai_sdk: Program, hearing: Gateway
) -> None:
    granularities = ["word", "segment"]

    heard = _transcribed(ai_sdk, hearing, "whisper-1", timestampGranularities=granularities)

    assert heard["words"][0] == {"text": "Turn", "startSecond": 0, "endSecond": 0.5}
    assert (heard["language"], heard["durationInSeconds"]) == ("en", 4)
    assert [segment["startSecond"] for segment in heard["segments"]] == [0, 2]


@pytest.mark.parametrize("strategy", ["auto", {"type": "server_vad", "threshold": 0.5}])
def test_speakers_are_read_from_a_diarized_answer(
    ai_sdk: Program, hearing: Gateway, faults: FaultServer, strategy: object
) -> None:
    faults.answer(DIARIZE_TURNS, without_embeddings(DIARIZATION))

    heard = _transcribed(ai_sdk, hearing, "gpt-4o-transcribe-diarize", chunkingStrategy=strategy)

    assert [segment["speaker"] for segment in heard["speakers"]] == ["A", "B"]


@pytest.mark.parametrize("model", ["gpt-live-transcribe", "gpt-realtime-whisper"])
def test_a_stream_is_transcribed_in_a_realtime_session(
    ai_sdk: Program, hearing_realtime: Realtime, model: str
) -> None:
    heard = ai_sdk.ask(
        "listen",
        base_url=hearing_realtime.base_url,
        model=model,
        samples=SPOKEN.tobytes(),
        options={"language": "en"},
    )

    assert heard["text"] == TEXT


@pytest.mark.parametrize("format", ["wav", "mp3", "pcm"])
def test_a_sentence_is_spoken(
    ai_sdk: Program, scripted: Gateway, faults: FaultServer, format: str
) -> None:
    speak_a_tone(faults)
    options = {"outputFormat": format, "instructions": "Calm", "speed": 1.2}

    spoken = ai_sdk.ask(
        "speak", base_url=f"{scripted.url}/v1", model="gpt-4o-mini-tts", text="Hi", options=options
    )

    assert spoken["warnings"] == []
    assert len(base64.b64decode(spoken["audio"])) > len(SPOKEN) / 16


def test_an_error_has_the_gateways_message(ai_sdk: Program, keyed: Gateway) -> None:
    with pytest.raises(ClientError, match="AI_APICallError 401 Incorrect API key"):
        _transcribed(ai_sdk, keyed, "whisper-1")


def test_an_upload_over_the_limit_is_its_status_and_not_a_lost_connection(
    ai_sdk: Program, scripted: Gateway
) -> None:
    with pytest.raises(ClientError, match="AI_APICallError 413"):
        _transcribed(ai_sdk, scripted, "whisper-1", recording=TONE + bytes(3_000_000))


def _transcribed(
    ai_sdk: Program, gateway: Gateway, model: str, recording: bytes = TONE, **options: object
) -> Any:
    return ai_sdk.ask(
        "transcribe",
        base_url=f"{gateway.url}/v1",
        model=model,
        recording=recording,
        options=options,
    )
