"""The slots of a job, and the calls that it makes in them."""

import time
from contextlib import closing
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from audio import context
from audio.engines import engine_status
from audio.engines.availability import as_probe
from audio.engines.client import Engine, engine
from audio.engines.engine_status import has_answered_since
from audio.engines.failures import EngineBusy, EngineRefused
from audio.engines.slots import JobEnded
from audio.media.recording import Recording
from tests.engine_answers import SPEAK, TRANSCRIBE, TRANSCRIPTION
from tests.faults import FaultServer
from tests.recordings import TONE


@pytest.fixture(autouse=True)
def board(settings: Settings, tmp_path: Path) -> None:
    """A status board of its own for each test."""
    settings.RECOVERY_DIR = str(tmp_path / "recovery")
    assert engine_status.is_usable()


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


def test_a_call_that_ended_well_is_noted_for_probes(parakeet: Engine, tone: Recording) -> None:
    began_at = time.time()

    parakeet.post_recording("transcribe", TRANSCRIBE, tone, {})

    assert has_answered_since(parakeet.name, parakeet.url, began_at)


def test_speech_that_was_read_to_its_end_is_noted_for_probes(
    parakeet: Engine, faults: FaultServer
) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")
    began_at = time.time()

    with closing(parakeet.open_stream("speak", SPEAK, {}, silence_s=5.0)) as speech:
        speech.read()
        is_noted_early = has_answered_since(parakeet.name, parakeet.url, began_at)
        speech.read()

    assert not is_noted_early
    assert has_answered_since(parakeet.name, parakeet.url, began_at)


def test_the_answer_to_a_probe_is_not_noted(parakeet: Engine, tone: Recording) -> None:
    began_at = time.time()

    with as_probe(5.0):
        parakeet.post_recording("transcribe", TRANSCRIBE, tone, {})

    assert not has_answered_since(parakeet.name, parakeet.url, began_at)


def test_an_answer_that_failed_is_not_noted(
    parakeet: Engine, tone: Recording, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, {"detail": "too short"}, status=422)
    began_at = time.time()

    with pytest.raises(EngineRefused):
        parakeet.post_recording("transcribe", TRANSCRIBE, tone, {})

    assert not has_answered_since(parakeet.name, parakeet.url, began_at)
