"""Realtime sessions over the scripted engine, and an utterance for them."""

from collections.abc import Iterator

import pytest

from tests.conftest import CLINIC
from tests.engine_answers import TRANSCRIBE, TRANSCRIPTION
from tests.faults import FaultServer
from tests.realtime_process import Realtime, running_realtime
from tests.recordings import samples_of

# Only their own processes have the packages that these import; no doctests are looked for in them.
collect_ignore = ["livekit_program.py", "pipecat_program.py"]


@pytest.fixture(scope="session")
def realtime_process(
    fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Realtime]:
    folder = tmp_path_factory.mktemp("realtime")
    with running_realtime(folder, PARAKEET_URL=fault_server.url) as realtime:
        yield realtime


@pytest.fixture
def hearing_realtime(realtime_process: Realtime, faults: FaultServer) -> Realtime:
    """A process of sessions, with an engine that hears two sentences in whatever it is sent."""
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    return realtime_process


@pytest.fixture(scope="session")
def utterance() -> bytes:
    """The first words of the clinic meeting and a second of silence, as samples of 16 kHz."""
    return samples_of(CLINIC / "mic.flac")[: 3 * 16_000].tobytes() + bytes(32_000)
