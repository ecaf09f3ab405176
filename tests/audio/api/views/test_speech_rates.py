"""`sample_rate` of speech, over a scripted engine that speaks at 24 kHz."""

import io
import json
from base64 import b64decode

import av
import numpy as np
import pytest

from audio.media.speech.speech_encoding import SPEECH_TYPES, encode
from tests.faults import FaultServer
from tests.gateway_process import Gateway

SPEAK = "/v1/audio/speech"
TONE = (10_000 * np.sin(np.arange(48_000) * 2 * np.pi * 300 / 24_000)).astype("<i2")
SPOKEN = b"".join(encode([TONE], 24_000, 24_000, "wav"))


@pytest.fixture
def speaking(scripted: Gateway, faults: FaultServer) -> Gateway:
    pieces = tuple(SPOKEN[start : start + 5_001] for start in range(0, len(SPOKEN), 5_001))
    faults.answer(SPEAK, pieces=pieces, content_type="audio/wav")
    return scripted


@pytest.mark.parametrize("form", [form for form in SPEECH_TYPES if form != "pcm"])
def test_speech_is_resampled_in_every_format(
    speaking: Gateway, faults: FaultServer, form: str
) -> None:
    asked = {"input": "Hi", "response_format": form, "sample_rate": 16_000}

    answer = speaking.post(SPEAK, json=asked)

    assert answer.headers["content-type"] == SPEECH_TYPES[form]
    with av.open(io.BytesIO(answer.content), "r") as container:
        stream = container.streams.audio[0]
        assert stream.rate == (48_000 if form == "opus" else 16_000)
        seconds = sum(frame.samples for frame in container.decode(stream)) / stream.rate
    assert seconds == pytest.approx(2.0, abs=0.15)
    sent = faults.asked[0].json
    assert sent["response_format"] == "wav"
    assert "sample_rate" not in sent


def test_bare_samples_name_their_rate(speaking: Gateway) -> None:
    asked = {"input": "Hi", "response_format": "pcm", "sample_rate": 8_000}

    answer = speaking.post(SPEAK, json=asked)

    assert answer.headers["content-type"] == "audio/pcm;rate=8000;channels=1"
    assert len(answer.content) == 2 * 2 * 8_000


def test_events_hold_resampled_speech(speaking: Gateway) -> None:
    asked = {"input": "Hi", "response_format": "pcm", "sample_rate": 8_000}

    answer = speaking.post(SPEAK, json=asked | {"stream_format": "sse"})

    events = [json.loads(line[6:]) for line in answer.text.split("\n\n")[:-1]]
    assert sum(len(b64decode(event["audio"])) for event in events[:-1]) == 2 * 2 * 8_000


def test_a_silence_has_the_rate_too(speaking: Gateway, faults: FaultServer) -> None:
    asked = {"input": ".", "response_format": "pcm", "sample_rate": 48_000}

    assert len(speaking.post(SPEAK, json=asked).content) == 48_000
    assert faults.asked == []


@pytest.mark.parametrize("rate", [7_999, 48_001, "fast", -1, 8000.5, 10**20])
def test_a_rate_outside_the_range_is_refused(
    speaking: Gateway, faults: FaultServer, rate: object
) -> None:
    error = speaking.post(SPEAK, json={"input": "Hi", "sample_rate": rate}).json()["error"]

    assert error["message"] == "sample_rate: expected a whole number from 8000 to 48000, in Hz."
    assert (error["param"], error["code"]) == ("sample_rate", "invalid_value")
    assert faults.asked == []


@pytest.mark.parametrize(("form", "rate"), [("opus", 44_100), ("mp3", 10_000), ("aac", 47_999)])
def test_a_rate_that_the_format_lacks_is_refused_with_those_that_it_has(
    speaking: Gateway, form: str, rate: int
) -> None:
    asked = {"input": "Hi", "response_format": form, "sample_rate": rate}

    error = speaking.post(SPEAK, json=asked).json()["error"]

    assert error["param"] == "sample_rate"
    assert error["message"].startswith("sample_rate: expected one of 8000, 1")
    assert error["message"].endswith(f" for {form}, got {rate}.")


def test_an_engine_that_does_not_send_wav_is_reported(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, b"ID3 spoken, and not at all what was asked", content_type="audio/mpeg")

    answer = scripted.post(SPEAK, json={"input": "Hi", "sample_rate": 16_000})

    assert answer.status_code == 502
    assert "it is not a WAV" in answer.json()["error"]["message"]
