"""Text without a letter or digit, which clients send to check their key."""

import io

import av
import pytest

from audio.media.speech.speech_encoding import SPEECH_TYPES
from tests.faults import FaultServer
from tests.gateway_process import Gateway

SPEAK = "/v1/audio/speech"


@pytest.mark.parametrize("text", [".", "...", "?!", "—", "😀🎉", "。、"])
def test_punctuation_is_silence_without_an_engine(bare: Gateway, text: str) -> None:
    answer = bare.post(SPEAK, json={"input": text, "model": "tts-1", "voice": "alloy"})

    assert answer.status_code == 200
    with av.open(io.BytesIO(answer.content), "r") as container:
        assert next(container.decode(audio=0)).samples > 0


@pytest.mark.parametrize(("form", "content_type"), SPEECH_TYPES.items())
def test_silence_has_the_requested_format(bare: Gateway, form: str, content_type: str) -> None:
    answer = bare.post(SPEAK, json={"input": ".", "response_format": form})

    assert answer.headers["content-type"] == content_type
    assert len(answer.content) > 100


@pytest.mark.parametrize("text", ["7", "é", "你好", "Ω!", "(a)"])
def test_a_letter_or_digit_of_any_script_is_spoken(
    scripted: Gateway, faults: FaultServer, text: str
) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")

    scripted.post(SPEAK, json={"input": text})

    assert faults.asked[0].json["input"] == text


def test_silence_needs_no_engine_call(scripted: Gateway, faults: FaultServer) -> None:
    scripted.post(SPEAK, json={"input": "."})

    assert faults.asked == []


def test_an_invalid_request_for_silence_is_refused(bare: Gateway) -> None:
    assert bare.post(SPEAK, json={"input": ".", "model": "gpt-5"}).status_code == 404
