"""Tests of the extraction of voices with a scripted engine."""

from pathlib import Path

import numpy as np
import pytest
from pytest_django import Settings

from audio.engines.failures import EngineNonsense, EngineRefused, EngineUnreachable
from audio.media.decoding import UndecodableAudio
from audio.media.recording import Recording
from tests.faults import FaultServer
from tests.voiceprints.people import (
    consenting,
)
from tests.voiceprints.voices import DIARIZE, script_voice, tone
from voiceprints.enrolment.voice_enrolment import (
    enrol_recordings,
)
from voiceprints.people.enrolment_errors import (
    Clipped,
    TooLittleSpeech,
    UnusableEmbedding,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted_engine")]


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return tone(tmp_path / "ana.wav")


def test_the_number_of_windows_is_limited(faults: FaultServer, tmp_path: Path) -> None:
    script_voice(faults, seconds=150.0)

    enrolled = enrol_recordings(
        consenting("Ana").id, [tone(tmp_path / "long.wav", 151.0)], actor="desk"
    )

    assert enrolled.quality["windows"] == 40
    assert faults.paths().count(DIARIZE) == 41


def test_too_little_speech_is_refused(faults: FaultServer, recording: Recording) -> None:
    script_voice(faults, seconds=9.5)

    with pytest.raises(TooLittleSpeech, match=r"Only 9.0 s .* needs 10 s"):
        enrol_recordings(consenting("Ana").id, [recording], actor="desk")


def test_only_speech_that_the_recording_contains_counts(
    faults: FaultServer, tmp_path: Path
) -> None:
    with pytest.raises(TooLittleSpeech):
        enrol_recordings(consenting("Ana").id, [tone(tmp_path / "cut.wav", 5.0)], actor="desk")


def test_a_recording_that_clips_is_refused(tmp_path: Path) -> None:
    loud = tone(tmp_path / "loud.wav", amplitude=32_700)

    with pytest.raises(Clipped, match="clipped in 100% of the samples"):
        enrol_recordings(consenting("Ana").id, [loud], actor="desk")


def test_an_invalid_recording_is_refused_before_the_engine_is_called(
    faults: FaultServer, recording: Recording, tmp_path: Path
) -> None:
    (tmp_path / "noise.wav").write_bytes(b"no audio at all")

    with pytest.raises(UndecodableAudio, match=r"file\[1\]: "):
        enrol_recordings(
            consenting("Ana").id, [recording, Recording(tmp_path / "noise.wav")], actor="desk"
        )
    assert faults.paths() == []


def test_an_engine_that_does_not_name_its_model_is_refused(
    faults: FaultServer, recording: Recording
) -> None:
    script_voice(faults, space="")

    with pytest.raises(EngineNonsense, match="does not name the model"):
        enrol_recordings(consenting("Ana").id, [recording], actor="desk")


def test_embeddings_of_another_dimension_are_refused(
    faults: FaultServer, recording: Recording
) -> None:
    script_voice(faults, np.ones(256))

    with pytest.raises(UnusableEmbedding, match="256 numbers; this library stores 192"):
        enrol_recordings(consenting("Ana").id, [recording], actor="desk")


def test_an_unreachable_engine_is_reported(settings: Settings, recording: Recording) -> None:
    settings.PARAKEET_URL = "http://127.0.0.1:9"

    with pytest.raises(EngineUnreachable):
        enrol_recordings(consenting("Ana").id, [recording], actor="desk")


def test_a_refusal_names_the_recording(recording: Recording, scripted_engine: FaultServer) -> None:
    scripted_engine.answer(DIARIZE, {"detail": "too long"}, status=413)

    with pytest.raises(EngineRefused, match=r"^file\[[01]\]: too long$"):
        enrol_recordings(consenting("Ana").id, [recording, recording], actor="desk")
