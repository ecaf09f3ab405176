"""One process of realtime sessions over a scripted engine, for all tests of a module."""

from collections.abc import Iterator

import pytest

from tests.conftest import API_KEYS
from tests.faults import FaultServer
from tests.process_coverage import measured
from tests.realtime_process import Realtime, Talk, running_realtime, talking


@pytest.fixture(scope="session")
def realtime_process(
    fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Realtime]:
    """A process whose limits a test can reach."""
    folder = tmp_path_factory.mktemp("realtime")
    with running_realtime(
        folder,
        **measured(),
        PARAKEET_URL=fault_server.url,
        ENGINE_TIMEOUT_S="2",
        ENGINE_WAIT_S="0.2",
        REALTIME_BUFFER_S="20",
        CLIENT_TIMEOUT_S="1",
    ) as realtime:
        yield realtime


@pytest.fixture
def realtime(realtime_process: Realtime, faults: FaultServer) -> Realtime:
    """That process, with a clean script."""
    return realtime_process


@pytest.fixture
def talk(realtime: Realtime) -> Iterator[Talk]:
    """A session of a client that commits by itself."""
    with talking(realtime) as talk:
        talk.update(turn_detection=None)
        yield talk


@pytest.fixture(scope="session")
def keyed_realtime(
    fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Realtime]:
    """A process that wants keys, with four sessions, two of each key, and terms of one key."""
    folder = tmp_path_factory.mktemp("keyed-realtime")
    terms = folder / "terms.txt"
    terms.write_text("[desk]\nZorvath\n")
    with running_realtime(
        folder,
        PARAKEET_URL=fault_server.url,
        API_KEYS=API_KEYS,
        REALTIME_SESSIONS="4",
        ENGINE_CONNECTIONS="2",
        ENGINE_WAIT_S="0.1",
        VOCABULARY_FILE=str(terms),
    ) as realtime:
        yield realtime
