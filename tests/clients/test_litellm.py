"""Aider through LiteLLM, and the AI SDK: verbose answers, however little an engine knows."""

import openai
import pytest

from tests.clients.forms import MULTIPART, form, part
from tests.engine_answers import TEXT, TRANSCRIBE
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE


@pytest.mark.parametrize("name", ["tmp8a2.wav", "tmp8a2.mp3", "tmp8a2.webm"])
def test_litellm_asks_whisper_for_a_verbose_answer(hearing: Gateway, name: str) -> None:
    body = form(
        part("file", TONE, filename=name, content_type="application/octet-stream"),
        part("model", "whisper-1"),
        part("language", "en"),
        part("prompt", "git, README.md"),
        part("response_format", "verbose_json"),
    )

    answer = hearing.post(TRANSCRIBE, content=body, headers=MULTIPART).json()

    assert answer["text"] == TEXT
    assert answer["duration"] == 4.0


def test_an_engine_that_knows_only_text_still_gives_a_verbose_answer(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, {"text": TEXT})

    with openai.OpenAI(
        base_url=f"{scripted.url}/v1", api_key="none", _strict_response_validation=True
    ) as client:
        said = client.audio.transcriptions.create(
            model="whisper-1", file=TONE, response_format="verbose_json"
        )

    assert said.text == TEXT
    assert said.segments is not None
    assert [segment.text for segment in said.segments] == [TEXT]


def test_the_ai_sdk_asks_for_words(hearing: Gateway) -> None:
    body = form(
        part("model", "whisper-1"),
        part("file", TONE, filename="audio.wav", content_type="audio/wav"),
        part("response_format", "verbose_json"),
        part("timestamp_granularities[]", "word"),
        part("temperature", "0"),
    )

    answer = hearing.post(TRANSCRIBE, content=body, headers=MULTIPART).json()

    assert [word["word"] for word in answer["words"]] == TEXT.split()
