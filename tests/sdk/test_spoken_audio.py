"""Speech of the real engine: playable audio in the requested format."""

import base64
import struct
from collections.abc import Callable
from functools import cache
from pathlib import Path

import av
import httpx
import pytest
from httpx_sse import EventSource, ServerSentEvent

from tests.engine_answers import SPEAK
from tests.gateway_process import Gateway
from tests.sdk.client_process import Raised, Sdk, Seen

pytestmark = pytest.mark.models
FORMATS = {
    "mp3": ("audio/mpeg", "mp3"),
    "opus": ("audio/ogg", "ogg"),
    "aac": ("audio/aac", "aac"),
    "flac": ("audio/flac", "flac"),
    "wav": ("audio/wav", "wav"),
}
GREETING = "Hi there."


def seconds_of(audio: bytes, container_format: str, tmp_path: Path) -> float:
    """The length of a recording, decoded as the format it claims to have."""
    path = tmp_path / "spoken"
    path.write_bytes(audio)
    with av.open(str(path), format=container_format) as container:
        return sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))


@pytest.fixture(scope="session")
def spoken_in(start_sdk: Callable[[str], Sdk], mp3_gateway: Gateway) -> Callable[[str], Seen]:
    """A function that returns one greeting in any format, spoken once per format."""
    newest = start_sdk("python-3.54")
    return cache(lambda name: newest.speak(mp3_gateway, input=GREETING, response_format=name))


def test_mp3_is_the_default_format(start_sdk: Callable[[str], Sdk], mp3_gateway: Gateway) -> None:
    spoken = start_sdk("node-7.57").speak(mp3_gateway, input=GREETING)

    assert spoken.headers["content-type"] == "audio/mpeg"
    assert spoken.audio[:3] == b"ID3" or spoken.audio[0] == 0xFF


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_decodes_as_itself(
    spoken_in: Callable[[str], Seen], tmp_path: Path, name: str
) -> None:
    content_type, container_format = FORMATS[name]

    assert spoken_in(name).headers["content-type"] == content_type
    assert 0.3 < seconds_of(spoken_in(name).audio, container_format, tmp_path) < 3


def test_pcm_is_the_samples_of_the_wav_and_nothing_else(
    spoken_in: Callable[[str], Seen], tmp_path: Path
) -> None:
    pcm = spoken_in("pcm")

    assert pcm.headers["content-type"].startswith("audio/pcm")
    seconds = seconds_of(spoken_in("wav").audio, "wav", tmp_path)
    assert len(pcm.audio) / 2 / 24_000 == pytest.approx(seconds, abs=0.1)


def test_the_header_of_a_wav_is_in_its_first_2048_bytes(spoken_in: Callable[[str], Seen]) -> None:
    head = spoken_in("wav").audio[:2048]

    format_at = head.index(b"fmt ")
    pcm, channels, rate = struct.unpack("<HHI", head[format_at + 8 : format_at + 16])
    assert (pcm, channels, rate) == (1, 1, 24_000)
    assert b"data" in head


def test_an_unknown_voice_is_named(sdk: Sdk, mp3_gateway: Gateway) -> None:
    with pytest.raises(Raised, match="nobody") as failure:
        sdk.speak(mp3_gateway, voice="nobody")

    assert failure.value.status == 400
    assert failure.value.param == "voice"


def test_a_full_stop_is_spoken_as_playable_silence(
    sdk: Sdk, mp3_gateway: Gateway, tmp_path: Path
) -> None:
    spoken = sdk.speak(mp3_gateway, input=".")

    assert seconds_of(spoken.audio, "mp3", tmp_path) > 0


def test_streamed_events_hold_the_bytes_of_a_playable_file(
    mp3_gateway: Gateway, tmp_path: Path
) -> None:
    events = events_of(mp3_gateway)

    deltas, done = events[:-1], events[-1].json()
    assert {delta.json()["type"] for delta in deltas} == {"speech.audio.delta"}
    assert done["type"] == "speech.audio.done"
    assert done["usage"].keys() == {"input_tokens", "output_tokens", "total_tokens"}
    assert {type(count) for count in done["usage"].values()} == {int}
    audio = b"".join(base64.b64decode(delta.json()["audio"]) for delta in deltas)
    assert 0.3 < seconds_of(audio, "mp3", tmp_path) < 3


def events_of(gateway: Gateway) -> list[ServerSentEvent]:
    asked = {"model": "tts-1", "voice": "alloy", "input": GREETING, "stream_format": "sse"}
    with httpx.stream("POST", gateway.url + SPEAK, json=asked, timeout=60) as answer:
        return list(EventSource(answer).iter_sse())
