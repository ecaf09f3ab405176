"""Translations into English, over a scripted engine, and their refusal where none translates."""

from collections.abc import Iterator

import httpx
import pytest

from tests.engine_answers import TRANSLATE, TRANSLATED, TRANSLATION
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE


@pytest.fixture
def translating(scripted: Gateway, faults: FaultServer) -> Gateway:
    faults.answer(TRANSLATE, TRANSLATION)
    return scripted


def translate(gateway: Gateway, **fields: str) -> httpx.Response:
    return gateway.post(TRANSLATE, files={"file": TONE}, data={"model": "whisper-1", **fields})


def test_json_has_the_text_alone(translating: Gateway) -> None:
    assert translate(translating).json() == {"text": TRANSLATED}


def test_verbose_json_has_segments_in_english_and_no_words(translating: Gateway) -> None:
    answer = translate(translating, response_format="verbose_json").json()

    assert (answer["task"], answer["language"]) == ("translate", "english")
    assert [one["text"] for one in answer["segments"]] == [
        "Make it bright.",
        "Then shut the blinds.",
    ]
    assert answer.keys() == {"task", "language", "duration", "text", "segments"}


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("text", "Make it bright."),
        ("srt", "1\n00:00:00,000 --> 00:00:01,500\nMake it bright.\n\n2\n"),
        ("vtt", "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nMake it bright.\n\n"),
    ],
)
def test_text_formats_are_text(translating: Gateway, form: str, start: str) -> None:
    assert translate(translating, response_format=form).text.startswith(start)


def test_prompt_and_temperature_reach_the_engine_and_a_language_does_not(
    translating: Gateway, faults: FaultServer
) -> None:
    answer = translate(translating, prompt="A talk.", temperature="0.5", language="de")

    sent = faults.asked[0].form
    assert (sent["prompt"], sent["temperature"]) == ("A talk.", "0.5")
    assert "language" not in sent
    assert answer.headers["x-ignored-params"] == "language"


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"response_format": "diarized_json"}, "response_format", "invalid_value"),
        ({"temperature": "2"}, "temperature", "invalid_value"),
        ({"prompt": "x" * 10_001}, "prompt", "string_above_max_length"),
        ({"model": "tts-1"}, "model", "model_not_found"),
    ],
)
def test_an_invalid_field_is_named(
    translating: Gateway, faults: FaultServer, fields: dict[str, str], param: str, code: str
) -> None:
    error = translate(translating, **fields).json()["error"]

    assert (error["param"], error["code"]) == (param, code)
    assert faults.asked == []


def test_a_recording_is_required(translating: Gateway) -> None:
    answer = translating.post(TRANSLATE, data={"model": "whisper-1"})

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "file")


def in_pieces() -> Iterator[bytes]:
    yield b"--cut"
    yield b" and malformed"


@pytest.mark.parametrize(
    "how",
    [
        {"files": {"file": TONE}, "data": {"model": "whisper-1"}},
        {"json": {"model": "whisper-1"}},
        {"content": b""},
        {"content": b"x" * 3_000_000},
    ],
    ids=["form", "json", "nothing", "too large"],
)
def test_without_an_engine_the_refusal_names_what_would_translate(
    bare: Gateway, how: dict[str, object]
) -> None:
    answer = bare.post(TRANSLATE, **how)

    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["message"].startswith("No model on this server can translate audio. ")
    assert "WORDS_DIALECT openai, speaches or asr-webservice" in error["message"]
    assert (error["param"], error["code"]) == ("model", "unsupported_value")


def test_a_chunked_translation_is_refused_too(bare: Gateway) -> None:
    kind = {"content-type": "multipart/form-data; boundary=cut"}

    answer = bare.post(TRANSLATE, content=in_pieces(), headers=kind)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "unsupported_value"
