"""Speech by the real engine, in the forms in which clients request it."""

import io
import json
from base64 import b64decode

import av
import openai
import pytest

from tests.gateway_process import Gateway

pytestmark = pytest.mark.models

SPEAK = "/v1/audio/speech"
CODECS = {"mp3": "mp3", "opus": "opus", "aac": "aac", "flac": "flac", "wav": "pcm_s16le"}


def codec_and_seconds(audio: bytes) -> tuple[str, float]:
    with av.open(io.BytesIO(audio), "r") as container:
        codec = container.streams.audio[0].codec_context.codec.canonical_name
        frames = list(container.decode(audio=0))
    return codec, sum(frame.samples / frame.sample_rate for frame in frames)


@pytest.mark.parametrize(("form", "expected"), CODECS.items())
def test_home_assistants_defaults_are_spoken_in_every_format(
    openai_client: openai.OpenAI, form: str, expected: str
) -> None:
    speech = openai_client.audio.speech.create(
        model="gpt-4o-mini-tts",
        voice="marin",
        input="The light is on.",
        instructions="None",
        speed=1.0,
        response_format=form,  # type: ignore[arg-type]
    )

    codec, seconds = codec_and_seconds(speech.content)
    assert codec == expected
    assert 0.5 < seconds < 3.0


def test_the_events_of_a_speech_hold_a_recording(gateway: Gateway) -> None:
    answer = gateway.post(SPEAK, json={"input": "The light is on.", "stream_format": "sse"})

    events = [json.loads(line[6:]) for line in answer.text.split("\n\n")[:-1]]
    audio = b"".join(b64decode(event["audio"]) for event in events[:-1])
    assert 0.5 < codec_and_seconds(audio)[1] < 3.0


def test_bare_samples_are_as_long_as_the_same_speech_in_a_file(gateway: Gateway) -> None:
    asked = {"input": "The light is on.", "voice": "alloy"}

    samples = gateway.post(SPEAK, json=asked | {"response_format": "pcm"}).content
    file = gateway.post(SPEAK, json=asked | {"response_format": "flac"}).content

    assert len(samples) / 48_000 == pytest.approx(codec_and_seconds(file)[1], abs=0.01)


@pytest.mark.parametrize(
    "body",
    [
        {"voice": "af_bella(2)+alloy(1)"},
        {"model": "af_bella", "backend": "kokoro"},
        {"model": "tts-1"},
    ],
    ids=["a mix", "LibreChat with LocalAI", "LibreChat without a voice"],
)
def test_voices_are_accepted_as_clients_send_them(gateway: Gateway, body: dict[str, str]) -> None:
    answer = gateway.post(SPEAK, json={"input": "The light is on.", **body})

    assert 0.5 < codec_and_seconds(answer.content)[1] < 3.0
