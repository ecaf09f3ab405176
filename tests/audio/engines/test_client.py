"""The slots of a job, and the calls that it makes in them."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from audio import context
from audio.engines.client import Engine, engine
from audio.engines.failures import EngineBusy
from audio.engines.slots import JobEnded
from audio.media.recording import Recording
from tests.engine_answers import TRANSCRIBE, TRANSCRIPTION
from tests.faults import FaultServer
from tests.recordings import TONE


@pytest.fixture
def parakeet(faults: FaultServer) -> Engine:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    return engine("parakeet", faults.url)


@pytest.fixture
def tone(tmp_path: Path) -> Recording:
    path = tmp_path / "tone.wav"
    path.write_bytes(TONE)
    return Recording(path, ".wav")


def slots_in_use(engine: Engine) -> int:
    return engine.slots.in_use


def test_a_call_of_a_job_takes_no_further_slot(parakeet: Engine, tone: Recording) -> None:
    with parakeet.hold_slots(parakeet.slots.total):
        answer = parakeet.post_recording("transcribe", TRANSCRIBE, tone, {})

    assert answer == TRANSCRIPTION
    assert slots_in_use(parakeet) == 0


def test_a_job_within_a_job_shares_its_slots(parakeet: Engine) -> None:
    with parakeet.hold_slots(3), parakeet.hold_slots(2) as slots:
        assert slots == 3
        assert slots_in_use(parakeet) == 3

    assert slots_in_use(parakeet) == 0


def test_a_single_call_takes_a_slot_while_it_lasts(parakeet: Engine, tone: Recording) -> None:
    parakeet.post_recording("transcribe", TRANSCRIBE, tone, {})

    assert slots_in_use(parakeet) == 0


def test_a_call_without_a_slot_reaches_no_engine(
    parakeet: Engine, tone: Recording, faults: FaultServer, settings: Settings
) -> None:
    settings.ENGINE_WAIT_S = 0
    all_slots = parakeet.slots.acquire(parakeet.slots.total, None)

    with pytest.raises(EngineBusy):
        parakeet.post_recording("transcribe", TRANSCRIBE, tone, {})
    all_slots.end()

    assert faults.paths() == []


def test_a_call_of_a_job_that_has_ended_reaches_no_engine(
    parakeet: Engine, tone: Recording, faults: FaultServer
) -> None:
    with parakeet.hold_slots(1):
        context.current().held_slots[parakeet.name, parakeet.url].end()

        with pytest.raises(JobEnded):
            parakeet.post_recording("transcribe", TRANSCRIBE, tone, {})

    assert faults.paths() == []
