"""Servers on real ports, one of each kind per session."""

import os
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from audio.engines.client import engine
from tests.engine_answers import SPEAK, SPEECH, TRANSCRIBE, TRANSCRIPTION
from tests.environment import database_url, engine_urls
from tests.faults import FaultServer, running_fault_server
from tests.gateway_process import ROOT, Gateway, running_gateway
from tests.process_coverage import measured
from tests.recordings import cut_of

CLINIC = ROOT / "benchmarks" / "clinic"
API_KEYS = (
    "desk:desk-key:audio,reader:reader-key:voices:read,archive:archive-key:audio+voices:write,"
    "prometheus:prometheus-key:metrics"
)


# The processes that tests start read the same settings as in production.
os.environ["DJANGO_SETTINGS_MODULE"] = "spark_control.settings"


NEED_DATABASE = {"django_db_setup", "gateway", "measured_gateway"}


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Skip every test that needs the database if it is missing."""
    database_url()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs Postgres or the built-in engine if it is missing.

    Here, not in the fixtures: skips from one line are reported in one line.
    """
    needed = set(getattr(item, "fixturenames", ()))
    if item.get_closest_marker("django_db") or needed & NEED_DATABASE:
        database_url()
    if item.get_closest_marker("models"):
        engine_urls()


@pytest.fixture(scope="session")
def fault_server() -> Iterator[FaultServer]:
    with running_fault_server() as server:
        yield server
        # What was called from here, not by a gateway, keeps its connections as long as this lives.
        for name in ("parakeet", "kokoro"):
            engine(name, server.url).close()


@pytest.fixture
def faults(fault_server: FaultServer) -> FaultServer:
    """An engine of which nothing is scripted yet."""
    fault_server.reset()
    return fault_server


@pytest.fixture(scope="session")
def scripted_gateway(
    fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A stateless gateway over the fault server, with limits that a test can reach."""
    with running_gateway(
        tmp_path_factory.mktemp("scripted"),
        **measured(),
        PARAKEET_URL=fault_server.url,
        KOKORO_URL=fault_server.url,
        MAX_UPLOAD_MB="2",
        ENGINE_TIMEOUT_S="1",
        ENGINE_CONNECTIONS="4",
        ENGINE_WAIT_S="0.2",
    ) as gateway:
        yield gateway


@pytest.fixture
def scripted(scripted_gateway: Gateway, faults: FaultServer) -> Gateway:
    """That gateway, with a clean script."""
    return scripted_gateway


@pytest.fixture
def hearing(scripted: Gateway, faults: FaultServer) -> Gateway:
    """That gateway, with an engine that hears two sentences in whatever it is sent."""
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    return scripted


@pytest.fixture
def speaking(scripted: Gateway, faults: FaultServer) -> Gateway:
    """That gateway, with an engine that speaks whatever it is asked to."""
    faults.answer(SPEAK, SPEECH, content_type="audio/mpeg")
    return scripted


@pytest.fixture(scope="session")
def piecewise_gateway(
    fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A stateless gateway over the fault server for which a minute and a half is long."""
    folder = tmp_path_factory.mktemp("piecewise")
    (folder / "uploads").mkdir()
    with running_gateway(
        folder,
        **measured(),
        PARAKEET_URL=fault_server.url,
        CHUNK_AFTER_S="90",
        CHUNK_S="60",
        UPLOADS_DIR=str(folder / "uploads"),
    ) as gateway:
        yield gateway


@pytest.fixture
def piecewise(piecewise_gateway: Gateway, faults: FaultServer) -> Gateway:
    """That gateway, with a clean script."""
    return piecewise_gateway


@pytest.fixture(scope="session")
def keyed(
    fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway that wants keys."""
    folder = tmp_path_factory.mktemp("keyed")
    with running_gateway(
        folder, **measured(), KOKORO_URL=fault_server.url, API_KEYS=API_KEYS
    ) as gateway:
        yield gateway


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with no setting at all: no engine, no database, no key."""
    with running_gateway(tmp_path_factory.mktemp("bare"), **measured()) as gateway:
        yield gateway


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The gateway with everything: the real engine, the real database."""
    settings = {"DATABASE_URL": database_url(), "SECRET_KEY": os.environ["SECRET_KEY"]}
    with running_gateway(
        tmp_path_factory.mktemp("gateway"), **measured(), **settings, **engine_urls()
    ) as gateway:
        yield gateway


@pytest.fixture(scope="session")
def mp3_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The real engine, set to answer speech as OpenAI does when no format is named."""
    folder = tmp_path_factory.mktemp("mp3")
    with running_gateway(folder, DEFAULT_SPEECH_FORMAT="mp3", **engine_urls()) as gateway:
        yield gateway


@pytest.fixture(scope="session")
def openai_client(gateway: Gateway) -> Iterator[openai.OpenAI]:
    """The official client with the gateway as its base URL."""
    with openai.OpenAI(base_url=f"{gateway.url}/v1", api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture(scope="session")
def mic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first 27 s of the clinic meeting, as the local user's microphone heard it."""
    return cut_of(CLINIC / "mic.flac", 27.0, tmp_path_factory.mktemp("clinic") / "mic.wav")


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same 27 s of the remote participants."""
    return cut_of(CLINIC / "system.flac", 27.0, tmp_path_factory.mktemp("clinic") / "system.wav")
