"""Several engines of one role: who is asked, and who is left alone."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from audio.engines import engine_status, roles
from audio.engines.availability import is_left_alone
from audio.engines.engine_status import EngineStatus, write_status
from audio.engines.failures import EngineBusy, EngineFailed, EngineUnreachable
from audio.engines.role_engine import RoleEngine
from audio.media.recording import Recording
from tests.engine_answers import TRANSCRIBE, TRANSCRIPTION
from tests.faults import FaultServer, running_fault_server
from tests.recordings import TONE

DEAD = "http://127.0.0.1:9"
CUDA = {"detail": "CUDA error"}


@pytest.fixture
def one() -> Iterator[FaultServer]:
    """An engine at a new address, of which no failure is remembered."""
    with running_fault_server() as server:
        server.answer(TRANSCRIBE, TRANSCRIPTION)
        yield server


@pytest.fixture
def other() -> Iterator[FaultServer]:
    """A second engine, which answers."""
    with running_fault_server() as server:
        server.answer(TRANSCRIBE, TRANSCRIPTION)
        yield server
        for member in roles.configured("words").pool:
            member.engine.close()


@pytest.fixture
def tone(tmp_path: Path, settings: Settings) -> Recording:
    settings.RECOVERY_DIR = str(tmp_path / "recovery")
    settings.PARAKEET_URL, settings.WORDS_DIALECT = "", "parakeet"
    path = tmp_path / "tone.wav"
    path.write_bytes(TONE)
    return Recording(path, ".wav", seconds=1.0)


def first() -> RoleEngine:
    return roles.configured("words").pool.first


def test_a_dead_engine_of_a_list_harms_no_request(
    settings: Settings, tone: Recording, other: FaultServer
) -> None:
    settings.WORDS_URL = f"{DEAD}, {other.url}"

    assert roles.transcribe(tone, {}).text == TRANSCRIPTION["text"]
    assert is_left_alone("words", DEAD)


def test_an_engine_that_failed_is_left_alone(
    settings: Settings, tone: Recording, one: FaultServer, other: FaultServer
) -> None:
    settings.WORDS_URL = f"{one.url},{other.url}"
    one.answer(TRANSCRIBE, CUDA, status=500)

    roles.transcribe(tone, {})
    roles.transcribe(tone, {})

    assert (len(one.asked), len(other.asked)) == (1, 2)


def test_an_engine_that_a_probe_found_well_is_asked_again(
    settings: Settings, tone: Recording, one: FaultServer, other: FaultServer
) -> None:
    settings.WORDS_URL = f"{one.url},{other.url}"
    one.answer(TRANSCRIBE, CUDA, status=500)
    roles.transcribe(tone, {})
    one.answer(TRANSCRIBE, TRANSCRIPTION)

    assert engine_status.is_usable()
    write_status("words", one.url, EngineStatus("healthy", probed_at=time.time() + 1))
    roles.transcribe(tone, {})

    assert (len(one.asked), len(other.asked)) == (2, 1)


def test_an_engine_that_is_restarting_is_left_alone(
    settings: Settings, tone: Recording, one: FaultServer, other: FaultServer
) -> None:
    settings.WORDS_URL = f"{one.url},{other.url}"
    assert engine_status.is_usable()
    write_status("words", one.url, EngineStatus("restarting", since=time.time()))

    roles.transcribe(tone, {})

    assert (len(one.asked), len(other.asked)) == (0, 1)


def test_an_engine_that_asks_to_wait_is_left_alone(
    settings: Settings, tone: Recording, one: FaultServer, other: FaultServer
) -> None:
    settings.WORDS_URL = f"{one.url},{other.url}"
    one.answer(TRANSCRIBE, {}, status=429, headers={"Retry-After": "600"})

    roles.transcribe(tone, {})
    roles.transcribe(tone, {})

    assert (len(one.asked), len(other.asked)) == (1, 2)


def test_the_least_busy_engine_is_asked(
    settings: Settings, tone: Recording, one: FaultServer, other: FaultServer
) -> None:
    settings.WORDS_URL = f"{one.url},{other.url}"

    with first().engine.slots.acquire_for_probe(1).call():
        roles.transcribe(tone, {})
    first().engine.slots.release(None, 1)

    assert (len(one.asked), len(other.asked)) == (0, 1)


def test_the_slots_of_a_job_are_those_of_several_engines(
    settings: Settings, tone: Recording, one: FaultServer, other: FaultServer
) -> None:
    settings.WORDS_URL = f"{one.url},{other.url}"
    pool = roles.configured("words").pool

    with pool.hold_slots(4) as held:
        assert held == 4
        assert [member.engine.held_slots for member in pool] == [2, 2]

    assert [member.engine.slots.in_use for member in pool] == [0, 0]


@pytest.mark.parametrize(
    ("status", "failure"), [(500, EngineFailed), (429, EngineBusy), (502, EngineUnreachable)]
)
def test_where_all_engines_fail_the_first_failure_is_reported(
    settings: Settings,
    tone: Recording,
    one: FaultServer,
    other: FaultServer,
    status: int,
    failure: type[Exception],
) -> None:
    settings.WORDS_URL = f"{one.url},{other.url}"
    one.answer(TRANSCRIBE, CUDA, status=status)
    other.answer(TRANSCRIBE, CUDA, status=502)

    with pytest.raises(failure):
        roles.transcribe(tone, {})
