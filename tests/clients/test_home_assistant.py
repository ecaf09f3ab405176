"""Home Assistant 2026.11: its OpenAI and LiteLLM integrations."""

from collections.abc import Iterator

import openai
import pytest

from tests.clients.forms import MULTIPART, form, part
from tests.engine_answers import SPEECH, TEXT, TRANSCRIBE
from tests.gateway_process import Gateway
from tests.recordings import TONE

PROMPT = "The following conversation is a smart home user talking to Home Assistant."


@pytest.fixture
def hears(hearing: Gateway) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{hearing.url}/v1", api_key="sk-home", max_retries=0) as client:
        yield client


@pytest.fixture
def speaks(speaking: Gateway) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{speaking.url}/v1", api_key="sk-home", max_retries=0) as client:
        yield client


@pytest.mark.parametrize("name", ["a.wav", "a.ogg"])
def test_a_voice_command_is_transcribed(hears: openai.OpenAI, name: str) -> None:
    said = hears.audio.transcriptions.create(
        model="gpt-4o-mini-transcribe",
        file=(name, TONE),
        response_format="json",
        language="en",
        prompt=PROMPT,
    )

    assert said.text == TEXT


@pytest.mark.parametrize("instructions", ["", "None"])
@pytest.mark.parametrize("name", ["mp3", "opus", "aac", "flac", "wav", "pcm"])
def test_an_answer_is_spoken(speaks: openai.OpenAI, instructions: str, name: str) -> None:
    with speaks.audio.speech.with_streaming_response.create(
        model="gpt-4o-mini-tts",
        voice="marin",
        input="The light is on.",
        instructions=instructions,
        speed=1.0,
        response_format=name,  # type: ignore[arg-type]
    ) as spoken:
        assert b"".join(spoken.iter_bytes()) == SPEECH


def test_its_start_lists_the_models(hears: openai.OpenAI) -> None:
    assert "gpt-4o-mini-tts" in [model.id for model in hears.models.list()]


def test_a_wrong_key_starts_its_dialogue_for_a_new_one(keyed: Gateway) -> None:
    with (
        openai.OpenAI(base_url=f"{keyed.url}/v1", api_key="old", max_retries=0) as client,
        pytest.raises(openai.AuthenticationError),
    ):
        client.models.list()


def test_litellm_sends_keywords_and_no_format(hearing: Gateway) -> None:
    body = form(
        part("model", "whisper-1"),
        part("language", "en"),
        part("prompt", PROMPT),
        part("keywords[]", "Zigbee"),
        part("keywords[]", "Kitchen"),
        part("file", TONE, filename="audio.wav", content_type="audio/wav"),
    )
    key = {"authorization": "Bearer sk-no-key-required"}

    answer = hearing.post(TRANSCRIBE, content=body, headers=MULTIPART | key)

    assert answer.json()["text"] == TEXT
