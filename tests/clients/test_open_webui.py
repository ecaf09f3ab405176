"""Open WebUI 0.12: uploads without a length, speech without a format, discovery without a key."""

import base64
import uuid

import pytest

from tests.clients.forms import MULTIPART, chunked, part
from tests.engine_answers import SPEAK, SPEECH, TEXT, TRANSCRIBE
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE

KEY = {"authorization": "Bearer sk-open-webui"}


@pytest.mark.parametrize("language", [[part("language", "en")], []], ids=["first", "again"])
def test_a_voice_message_is_uploaded_in_chunks(hearing: Gateway, language: list[bytes]) -> None:
    name = f"{uuid.uuid4()}.webm"
    file = part("file", TONE, filename=name, content_type="application/octet-stream")
    body = chunked(part("model", "whisper-1"), *language, file)

    answer = hearing.post(TRANSCRIBE, content=body, headers=MULTIPART | KEY)

    assert answer.json()["text"] == TEXT


def test_older_versions_send_a_length_and_no_content_type(hearing: Gateway) -> None:
    files = {"file": ("recording.wav", TONE, ""), "model": (None, "whisper-1")}

    assert hearing.post(TRANSCRIBE, files=files, headers=KEY).json()["text"] == TEXT


def test_a_voice_message_may_come_as_json(hearing: Gateway, faults: FaultServer) -> None:
    recording = {"data": base64.b64encode(TONE).decode(), "format": "wav"}
    asked = {"model": "whisper-1", "language": "en", "input_audio": recording}

    answer = hearing.post(TRANSCRIBE, json=asked, headers=KEY)

    assert answer.json()["text"] == TEXT
    assert TONE in faults.asked[0].body


def test_an_answer_is_spoken_without_a_format(speaking: Gateway) -> None:
    asked = {"input": "Good morning.", "voice": "alloy", "model": "tts-1"}

    answer = speaking.post(SPEAK, json=asked, headers=KEY)

    assert answer.content == SPEECH
    assert answer.headers["content-type"] == "audio/mpeg"


def test_parameters_of_the_administrator_are_accepted(speaking: Gateway) -> None:
    asked = {"input": "Hi", "voice": "alloy", "model": "tts-1", "lang_code": "b", "speed": 1.2}

    assert speaking.post(SPEAK, json=asked, headers=KEY).content == SPEECH


def test_voices_and_models_are_listed_as_its_menus_require(scripted: Gateway) -> None:
    models = scripted.get("/v1/audio/models").json()["models"]
    voices = scripted.get("/v1/audio/voices").json()["voices"]

    assert "tts-1" in [model["id"] for model in models]
    assert "alloy" in [voice["id"] for voice in voices if voice["name"]]


@pytest.mark.parametrize("path", ["/v1/audio/models", "/v1/audio/voices"])
def test_its_menus_are_filled_without_a_key(keyed: Gateway, path: str) -> None:
    assert keyed.get(path).status_code == 200


def test_the_realtime_socket_is_refused(scripted: Gateway) -> None:
    upgrade = {"connection": "upgrade", "upgrade": "websocket"}

    assert scripted.get("/v1/realtime?model=gpt-realtime", headers=upgrade).status_code == 426
