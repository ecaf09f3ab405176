"""einToast/openai_stt_ha for Home Assistant: a content type on every field of the form."""

import pytest

from tests.clients.forms import MULTIPART, form, part
from tests.engine_answers import TEXT, TRANSCRIBE
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE


@pytest.mark.parametrize("model", ["whisper-1", "gpt-4o-mini-transcribe", "gpt-4o-transcribe"])
def test_fields_may_have_a_content_type(hearing: Gateway, faults: FaultServer, model: str) -> None:
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


def test_the_message_of_an_error_is_where_it_looks(hearing: Gateway) -> None:
    body = form(part("model", "whisper-1"), part("file", b"", filename="whisper_audio.wav"))

    answer = hearing.post(TRANSCRIBE, content=body, headers=MULTIPART)

    assert answer.status_code == 400
    assert "file" in answer.json()["error"]["message"].lower()
