"""manage.py identify FILE"""

import json
import os
from pathlib import Path

import pytest

from tests.faults import FaultServer
from tests.voiceprints.management.conftest import Run
from tests.voiceprints.people import SPACE, axis, blend, consenting, voiceprint_of
from tests.voiceprints.voices import DIARIZE, script_voice, tone
from voiceprints.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted_engine")]


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tone(tmp_path / "meeting.wav").path)


def test_each_speaker_has_candidates_nearest_first(run: Run, file: str) -> None:
    voiceprint_of(consenting("Ana"), blend({0: 0.8, 1: 0.6}))
    voiceprint_of(consenting("Ben"), blend({0: 0.3, 1: 0.954}))

    assert run("identify", file) == (
        "Speaker_0, 12.5 s: match, 0.50 above the next\n   1.  0.80  Ana\n   2.  0.30  Ben\n"
    )


def test_two_who_sound_alike_are_ambiguous(run: Run, file: str) -> None:
    voiceprint_of(consenting("Ana"), blend({0: 0.8, 1: 0.6}))
    voiceprint_of(consenting("Ben"), blend({0: 0.8, 2: 0.6}))

    assert run("identify", file).startswith("Speaker_0, 12.5 s: ambiguous, 0.00 above the next")


def test_a_stranger_is_unknown(run: Run, file: str) -> None:
    assert run("identify", file) == "Speaker_0, 12.5 s: unknown\n"


def test_programs_get_json_without_vectors(run: Run, file: str) -> None:
    ana = consenting("Ana")
    voiceprint_of(ana, axis(0))

    assert json.loads(run("identify", file, "--json")) == {
        "speakers": [
            {
                "speaker": "Speaker_0",
                "speech_s": 12.5,
                "decision": "match",
                "person": str(ana.id),
                "margin": None,
                "candidates": [{"person": str(ana.id), "name": "Ana", "similarity": 1.0}],
            }
        ]
    }


def test_the_number_of_candidates_is_limited(run: Run, file: str) -> None:
    voiceprint_of(consenting("Ana"), axis(0))
    voiceprint_of(consenting("Ben"), axis(1))

    assert "Ben" not in run("identify", file, "--limit", "1")


def test_a_recording_without_speech_has_no_speakers(
    run: Run, file: str, scripted_engine: FaultServer
) -> None:
    scripted_engine.answer(DIARIZE, {"segments": [], "speakers_detected": [], "fingerprints": {}})

    assert run("identify", file) == "The recording contains no speech.\n"


def test_a_speaker_without_embedding_is_unknown(
    run: Run, file: str, scripted_engine: FaultServer
) -> None:
    turn = {"start_s": 0.0, "end_s": 2.0, "speaker": "Speaker_0"}
    scripted_engine.answer(DIARIZE, {"segments": [turn], "fingerprints": {}})

    assert run("identify", file) == "Speaker_0, 2.0 s: unknown\n"


def test_voices_of_another_space_are_not_compared(
    run: Run, file: str, scripted_engine: FaultServer
) -> None:
    voiceprint_of(consenting("Ana"), axis(0))
    script_voice(scripted_engine, space="another@2")

    assert run("identify", file) == "Speaker_0, 12.5 s: unknown\n"


def test_it_is_written_down(run: Run, file: str) -> None:
    run("identify", file)

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action) == (f"manage.py identify, uid {os.getuid()}", "identified")
    assert entry.detail == {"speakers": 1, "space": SPACE}
