"""Recordings in the shapes clients give them, heard by the real engine."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import CLINIC
from tests.gateway_process import Gateway
from tests.recordings import cut_of, encoded, square_wave, wav
from tests.sdk.client_process import File, Raised, Sdk
from tests.sdk.conftest import TRANSCRIBE

pytestmark = pytest.mark.models
SAID = "Good morning, everyone."


@pytest.fixture(scope="session")
def greeting(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The first words of the clinic meeting."""
    path = tmp_path_factory.mktemp("greeting") / "greeting.wav"
    return cut_of(CLINIC / "mic.flac", 3.0, path).read_bytes()


@pytest.fixture(scope="session")
def webm(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The same, as a browser records it."""
    path: Path = tmp_path_factory.mktemp("greeting") / "greeting.webm"
    return encoded(CLINIC / "mic.flac", path, "libopus", seconds=3.0).read_bytes()


def test_a_recording_is_transcribed(sdk: Sdk, gateway: Gateway, greeting: bytes) -> None:
    assert sdk.transcribe(gateway, greeting)["text"].startswith(SAID)


def test_bare_bytes_are_transcribed(newest_sdk: Sdk, gateway: Gateway, greeting: bytes) -> None:
    assert newest_sdk.transcribe(gateway, File(greeting, None))["text"].startswith(SAID)


@pytest.mark.parametrize("content_type", ["video/webm", "audio/webm;codecs=opus"])
def test_a_browsers_recording_is_transcribed(
    newest_sdk: Sdk, gateway: Gateway, webm: bytes, content_type: str
) -> None:
    file = File(webm, "a.webm", content_type)

    assert newest_sdk.transcribe(gateway, file)["text"].startswith(SAID)


def test_an_upload_without_a_length_is_transcribed(gateway: Gateway, greeting: bytes) -> None:
    headers = {"content-type": "multipart/form-data; boundary=cut"}

    answer = gateway.post(TRANSCRIBE, content=pieces(greeting), headers=headers)

    assert answer.json()["text"].startswith(SAID)


def pieces(recording: bytes) -> Iterator[bytes]:
    yield b'--cut\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n--cut\r\n'
    yield b'Content-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
    yield recording
    yield b"\r\n--cut--\r\n"


def test_what_is_no_recording_is_the_clients_error(sdk: Sdk, gateway: Gateway) -> None:
    with pytest.raises(Raised, match="decoded") as failure:
        sdk.transcribe(gateway, b"Dear Sir or Madam, " * 50)

    assert failure.value.status == 400
    assert "BadRequestError" in failure.value.kinds


def test_reference_clips_of_megabytes_are_no_obstacle(
    newest_sdk: Sdk, gateway: Gateway, greeting: bytes
) -> None:
    clip = wav(square_wave(4000, 5.5, 96_000), 96_000)
    reference = f"data:audio/wav;base64,{base64.b64encode(clip).decode()}"
    asked = {"known_speaker_names": ["Ana", "Ben"], "known_speaker_references": [reference] * 2}

    said = newest_sdk.transcribe(gateway, greeting, response_format="diarized_json", **asked)

    assert len(reference) > 1.4e6
    assert said["text"].endswith(SAID)
