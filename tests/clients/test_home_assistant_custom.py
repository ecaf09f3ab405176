"""Home Assistant's custom components: sfortis/openai_tts, fabio-garavini, einToast."""

import http.client
import io
import json

import av
import pytest

from tests.clients.forms import MULTIPART, form, part
from tests.fault_server import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.scripts import SPEAK, SPOKEN, TEXT, TRANSCRIBE

SFORTIS = {"authorization": "Bearer sk-none", "user-agent": "HomeAssistant-OpenAI-TTS"}


def test_sfortis_checks_its_key_with_a_full_stop(scripted: Gateway) -> None:
    asked = {"model": "tts-1", "input": ".", "voice": "alloy", "response_format": "mp3"}

    answer = scripted.post(SPEAK, json=asked, headers=SFORTIS)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/mpeg"
    with av.open(io.BytesIO(answer.content), mode="r", format="mp3") as container:
        assert sum(frame.samples for frame in container.decode(audio=0)) > 0


def test_sfortis_merges_its_extra_payload(speaking: Gateway, faults: FaultServer) -> None:
    asked = {
        "model": "tts-1",
        "input": "Hello.",
        "voice": "shimmer",
        "response_format": "mp3",
        "speed": 1.0,
        "instructions": "Friendly.",
        "normalization_options": {"normalize": True},
    }

    assert speaking.post(SPEAK, json=asked, headers=SFORTIS).content == SPOKEN
    assert faults.asked[0].json["response_format"] == "mp3"


def test_fabio_sends_an_empty_prompt_and_an_empty_key(hearing: Gateway) -> None:
    body = form(
        part("file", TONE, filename="audio.wav", content_type="audio/wav"),
        part("model", "whisper-1"),
        part("language", "en"),
        part("temperature", "0"),
        part("prompt", ""),
        part("response_format", "json"),
    )

    # httpx would not send a header that ends in a space.
    connection = http.client.HTTPConnection(hearing.url.removeprefix("http://"), timeout=30)
    connection.request("POST", TRANSCRIBE, body, MULTIPART | {"authorization": "Bearer "})

    assert json.loads(connection.getresponse().read())["text"] == TEXT
    connection.close()


def test_fabio_looks_its_model_up_first(scripted: Gateway) -> None:
    assert scripted.get("/v1/models/whisper-1").status_code == 200
    assert scripted.get("/v1/models/whisper-9").status_code == 404


@pytest.mark.parametrize("model", ["whisper-1", "gpt-4o-mini-transcribe", "gpt-4o-transcribe"])
def test_eintoast_writes_a_content_type_on_every_field(
    hearing: Gateway, faults: FaultServer, model: str
) -> None:
    text = 'text/plain; charset="utf-8"'
    body = form(
        part("model", model, content_type=text),
        part("language", "en", content_type=text),
        part("prompt", "", content_type=text),
        part("temperature", "0", content_type=text),
        part("response_format", "json", content_type=text),
        part("file", TONE, filename="whisper_audio.wav", content_type="audio/wav"),
    )

    answer = hearing.post(TRANSCRIBE, content=body, headers=MULTIPART)

    assert answer.json()["text"] == TEXT
    assert b'name="language"\r\n\r\nen\r\n' in faults.asked[0].body


def test_eintoast_shows_the_message_of_an_error(hearing: Gateway) -> None:
    body = form(part("model", "whisper-1"), part("file", b"", filename="whisper_audio.wav"))

    answer = hearing.post(TRANSCRIBE, content=body, headers=MULTIPART)

    assert answer.status_code == 400
    assert "file" in answer.json()["error"]["message"].lower()
