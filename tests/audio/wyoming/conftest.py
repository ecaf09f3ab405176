"""One process of Home Assistant's protocol over a scripted engine, for all tests of a module."""

from collections.abc import Iterator

import numpy as np
import pytest

from audio.media.speech.speech_encoding import encode
from tests.engine_answers import SPEAK, TRANSCRIBE, TRANSCRIPTION
from tests.faults import FaultServer
from tests.server_command import ServerCommand
from tests.wyoming_process import WyomingClient, connected, running_wyoming

# A second of speech, as an engine sends it.
SAMPLES = (10_000 * np.sin(np.arange(24_000) * 2 * np.pi * 300 / 24_000)).astype("<i2")
SPOKEN = b"".join(encode([SAMPLES], 24_000, 24_000, "wav"))


@pytest.fixture(scope="session")
def wyoming_process(
    fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerCommand]:
    """A process whose limits a test can reach."""
    with running_wyoming(
        tmp_path_factory.mktemp("wyoming"),
        PARAKEET_URL=fault_server.url,
        KOKORO_URL=fault_server.url,
        ENGINE_TIMEOUT_S="2",
        ENGINE_WAIT_S="0.2",
        WYOMING_AUDIO_S="5",
        WYOMING_CONNECTIONS="4",
        CLIENT_TIMEOUT_S="2",
    ) as process:
        yield process


@pytest.fixture
def wyoming(wyoming_process: ServerCommand, faults: FaultServer) -> ServerCommand:
    """That process, with an engine that hears two sentences and speaks a second."""
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    faults.answer(SPEAK, SPOKEN, content_type="audio/wav")
    # The process asks once a minute.
    faults.answer("/v1/audio/voices", {"voices": [{"id": "jf_alpha"}, {"id": "own"}]})
    return wyoming_process


@pytest.fixture
def client(wyoming: ServerCommand) -> Iterator[WyomingClient]:
    """A connection to it."""
    with connected(wyoming) as client:
        yield client
