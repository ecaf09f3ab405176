"""A gateway with a database, whose metrics have values."""

from collections.abc import Iterator

import pytest

from tests.engine_answers import DIARIZATION, SPEAK, SPEECH, TRANSCRIBE, TRANSCRIPTION
from tests.environment import database_url
from tests.faults import FaultServer
from tests.gateway_process import Gateway, running_gateway
from tests.recordings import TONE
from tests.scraping import Scraped, scrape

TRACKS = {"mic_file": TONE, "system_file": TONE}


@pytest.fixture(scope="session")
def measured_gateway(
    fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    with running_gateway(
        tmp_path_factory.mktemp("measured"),
        DATABASE_URL=database_url(),
        SECRET_KEY="for-the-tests",
        PARAKEET_URL=fault_server.url,
        KOKORO_URL=fault_server.url,
    ) as gateway:
        yield gateway


@pytest.fixture
def scraped(measured_gateway: Gateway, faults: FaultServer) -> Scraped:
    """The metrics of a gateway that has served requests of every kind."""
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    faults.answer("/v1/audio/diarize-chunk", DIARIZATION)
    faults.answer(SPEAK, SPEECH, content_type="audio/mpeg")
    measured_gateway.post("/api/audio/label-merge", files=TRACKS, data={"timeline": "[]"})
    measured_gateway.post(SPEAK, json={"input": "Hi"})
    return scrape(measured_gateway)
