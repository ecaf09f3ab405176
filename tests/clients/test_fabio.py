"""fabio-garavini's Whisper component for Home Assistant: empty prompts and empty keys."""

import http.client
import json

from tests.clients.forms import MULTIPART, form, part
from tests.engine_answers import TEXT, TRANSCRIBE
from tests.gateway_process import Gateway
from tests.recordings import TONE


def test_an_empty_prompt_and_an_empty_key_are_accepted(hearing: Gateway) -> None:
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


def test_a_model_is_looked_up_before_it_is_used(scripted: Gateway) -> None:
    assert scripted.get("/v1/models/whisper-1").status_code == 200
    assert scripted.get("/v1/models/gpt-5").status_code == 404
