"""LibreChat: speech without a voice, voices as models, bodies that are joined, chunked uploads."""

import io
from contextlib import suppress

import av
import pytest

from tests.clients.forms import MULTIPART, chunked, part
from tests.engine_answers import SPEAK, SPEECH, TEXT, TRANSCRIBE
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE


@pytest.mark.parametrize("more", [{}, {"backend": "kokoro"}, {"voice": "onyx"}])
def test_an_answer_is_spoken(speaking: Gateway, more: dict[str, str]) -> None:
    answer = speaking.post(SPEAK, json={"input": "Hello.", "model": "tts-1"} | more)

    assert answer.content == SPEECH


def test_its_localai_provider_names_the_voice_as_the_model(
    speaking: Gateway, faults: FaultServer
) -> None:
    answer = speaking.post(SPEAK, json={"input": "Hello.", "model": "bm_george"})

    assert answer.status_code == 200
    assert faults.asked[-1].json["voice"] == "bm_george"
    assert faults.asked[-1].json["model"] == "kokoro"


@pytest.mark.parametrize("authorization", ["undefined", "Bearer undefined"])
def test_older_versions_send_no_key_but_its_name(speaking: Gateway, authorization: str) -> None:
    asked = {"input": "Hello.", "model": "tts-1"}

    answer = speaking.post(SPEAK, json=asked, headers={"authorization": authorization})

    assert answer.content == SPEECH


@pytest.mark.parametrize("language", [[part("language", "en")], []], ids=["newer", "older"])
def test_a_recording_is_uploaded_in_chunks(hearing: Gateway, language: list[bytes]) -> None:
    file = part("file", TONE, filename="audio.webm", content_type="video/webm")
    body = chunked(file, part("model", "whisper-1"), *language)

    answer = hearing.post(TRANSCRIBE, content=body, headers=MULTIPART)

    assert answer.json()["text"] == TEXT


@pytest.mark.models
def test_the_bodies_of_a_long_text_join_to_one_recording(mp3_gateway: Gateway) -> None:
    spoken = mp3_gateway.post(SPEAK, json={"input": "Hello.", "model": "tts-1"}).content

    assert seconds_of(spoken + spoken) == pytest.approx(2 * seconds_of(spoken), abs=0.2)


def seconds_of(mp3: bytes) -> float:
    """The length in a player that skips anything but frames, as the tag between two bodies."""
    seconds = 0.0
    with av.open(io.BytesIO(mp3), mode="r", format="mp3") as container:
        for packet in container.demux(audio=0):
            with suppress(av.error.InvalidDataError):
                seconds += sum(f.samples / f.sample_rate for f in packet.decode())
    return seconds
