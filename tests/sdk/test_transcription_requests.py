"""Fields that clients send beside the recording, all of which are accepted."""

import re

import pytest

from tests.clients.forms import MULTIPART, chunked, part
from tests.engine_answers import TEXT, TRANSCRIBE
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.sdk.client_process import File, Raised, Sdk

MIB = 1024 * 1024


@pytest.mark.parametrize(
    "strategy",
    [
        "auto",
        {"type": "server_vad", "threshold": 0.4},
        '{"type": "server_vad", "silence_duration_ms": 300}',
    ],
    ids=["auto", "dict", "JSON"],
)
def test_a_chunking_strategy_is_accepted(sdk: Sdk, hearing: Gateway, strategy: object) -> None:
    assert sdk.transcribe(hearing, TONE, chunking_strategy=strategy)["text"] == TEXT


def test_unknown_fields_are_ignored(sdk: Sdk, hearing: Gateway) -> None:
    unknown = {"vad_filter": False, "diarize": True, "hotwords": {"a": ["b"]}}

    assert sdk.transcribe(hearing, TONE, **unknown)["text"] == TEXT


def test_keywords_and_languages_are_accepted(sdk: Sdk, hearing: Gateway) -> None:
    said = sdk.transcribe(hearing, TONE, keywords=["Ana", "Ben"], languages=["en", "fr"])

    assert said["text"] == TEXT


@pytest.mark.parametrize("language", ["en", "EN", "en-US", "english"])
def test_a_language_with_a_region_is_the_language(
    newest_sdk: Sdk, hearing: Gateway, faults: FaultServer, language: str
) -> None:
    newest_sdk.transcribe(hearing, TONE, language=language)

    assert re.findall(rb'name="language"\r\n\r\n(.*)\r\n', faults.asked[0].body) == [b"en"]


@pytest.mark.parametrize(
    "model",
    [
        "whisper-1",
        "gpt-4o-transcribe",
        "gpt-4o-mini-transcribe",
        "gpt-4o-mini-transcribe-2025-12-15",
        "gpt-transcribe",
    ],
)
def test_openais_models_are_served(sdk: Sdk, hearing: Gateway, model: str) -> None:
    assert sdk.transcribe(hearing, TONE, model=model)["text"] == TEXT


def test_log_probabilities_are_left_out(sdk: Sdk, hearing: Gateway) -> None:
    said = sdk.transcribe(hearing, TONE, include=["logprobs"])

    assert said["text"] == TEXT
    assert said.get("logprobs") is None


def test_an_upload_over_the_limit_is_too_large(sdk: Sdk, hearing: Gateway) -> None:
    with pytest.raises(Raised, match="Maximum content size limit") as failure:
        sdk.transcribe(hearing, File(bytes(3 * MIB)))

    assert failure.value.status == 413
    assert failure.value.kinds[0] in ("APIStatusError", "APIError")


@pytest.mark.parametrize("name", ["upload", "a.webm", "a.mp4", "a.m4a", "a.opus", "a.txt"])
def test_a_recording_may_be_called_anything(
    sdk: Sdk, hearing: Gateway, faults: FaultServer, name: str
) -> None:
    assert sdk.transcribe(hearing, File(TONE, name))["text"] == TEXT
    assert TONE in faults.asked[0].body


def test_an_upload_without_a_length_is_transcribed(hearing: Gateway, faults: FaultServer) -> None:
    body = chunked(part("file", TONE, filename="a.wav"), part("model", "whisper-1"))

    answer = hearing.post(TRANSCRIBE, content=body, headers=MULTIPART)

    assert answer.json()["text"] == TEXT
    assert TONE in faults.asked[0].body


def test_an_upload_without_a_length_over_the_limit_is_refused_unread(hearing: Gateway) -> None:
    body = chunked(part("file", bytes(3 * MIB), filename="a.wav"))

    answer = hearing.post(TRANSCRIBE, content=body, headers=MULTIPART)

    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "content_too_large"


def test_a_missing_recording_is_named(hearing: Gateway) -> None:
    answer = hearing.post(TRANSCRIBE, files={"model": (None, "whisper-1")})

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "file"


def test_a_missing_model_is_the_default_one(hearing: Gateway) -> None:
    assert hearing.post(TRANSCRIBE, files={"file": TONE}).json()["text"] == TEXT


@pytest.mark.parametrize("slash", ["", "/"])
def test_neither_spelling_of_the_address_redirects(hearing: Gateway, slash: str) -> None:
    answer = hearing.post(TRANSCRIBE + slash, files={"file": TONE}, follow_redirects=False)

    assert answer.status_code == 200
