"""Recordings in the forms in which clients send them, transcribed by the real engine."""

import base64
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import CLINIC
from tests.gateway_process import Gateway
from tests.heard_words import is_heard
from tests.recordings import cut_of, encoded, wav
from tests.sdk.client_process import File, Raised, Sdk

pytestmark = pytest.mark.models
MIB = 1024 * 1024
SPOKEN = "Good morning, everyone."


@pytest.fixture(scope="session")
def greeting(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The first words of the clinic meeting."""
    path = tmp_path_factory.mktemp("greeting") / "greeting.wav"
    return cut_of(CLINIC / "mic.flac", 3.0, path).read_bytes()


@pytest.fixture(scope="session")
def webm(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The first words of the clinic meeting, as a browser records them."""
    path: Path = tmp_path_factory.mktemp("greeting") / "greeting.webm"
    return encoded(CLINIC / "mic.flac", path, "libopus", seconds=3.0).read_bytes()


@pytest.mark.parametrize(
    ("name", "sent_as"), [("python-1.109", None), ("node-7.57", "a.wav")], ids=["bare", "named"]
)
def test_bytes_with_and_without_a_name_are_transcribed(
    start_sdk: Callable[[str], Sdk],
    mp3_gateway: Gateway,
    greeting: bytes,
    name: str,
    sent_as: str | None,
) -> None:
    said = start_sdk(name).transcribe(mp3_gateway, File(greeting, sent_as))

    assert is_heard(said["text"], SPOKEN)


def test_a_browsers_recording_is_transcribed(
    newest_sdk: Sdk, mp3_gateway: Gateway, webm: bytes
) -> None:
    file = File(webm, "a.webm", "audio/webm;codecs=opus")

    assert is_heard(newest_sdk.transcribe(mp3_gateway, file)["text"], SPOKEN)


def test_an_invalid_recording_is_a_client_error(sdk: Sdk, mp3_gateway: Gateway) -> None:
    with pytest.raises(Raised, match="decoded") as failure:
        sdk.transcribe(mp3_gateway, b"Dear Sir or Madam, " * 50)

    assert failure.value.status == 400
    assert "BadRequestError" in failure.value.kinds


def test_reference_clips_of_megabytes_name_the_speaker(
    newest_sdk: Sdk, mp3_gateway: Gateway, greeting: bytes, tmp_path: Path
) -> None:
    george, emma = (reference(CLINIC / f"{track}.flac", tmp_path) for track in ("mic", "system"))
    asked = {"known_speaker_names": ["George", "Emma"]}

    said = newest_sdk.transcribe(
        mp3_gateway,
        greeting,
        response_format="diarized_json",
        known_speaker_references=[george, emma],
        **asked,
    )

    assert len(george + emma) > 2.5 * MIB
    assert said["segments"][0]["speaker"] == "George"


def reference(track: Path, folder: Path) -> str:
    """A part of a track with speech, as a data URL of 1.4 MB: 48 kHz, stereo."""
    heard = np.frombuffer(cut_of(track, 18.0, folder / "cut.wav").read_bytes()[44:], np.int16)
    talking = heard[: int(5.5 * 16_000)] if track.stem == "mic" else heard[-int(5.5 * 16_000) :]
    clip = wav(np.repeat(talking, 6), 48_000, 2)
    return f"data:audio/wav;base64,{base64.b64encode(clip).decode()}"
