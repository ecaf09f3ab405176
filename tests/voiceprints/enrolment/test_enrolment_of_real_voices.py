"""Tests of enrolment with real voices and the built-in engine."""

from pathlib import Path

import numpy as np
import pytest
from pytest_django import Settings

from audio.engines.dialects.speech_stream import Utterance
from audio.media.decoding import SAMPLE_RATE, clips
from audio.media.encoding import pcm, wav
from audio.media.recording import Recording
from audio.merge.values import Span
from audio.pipeline.speech import speak
from tests.voiceprints.people import consenting
from tests.voiceprints.voices import clinic_voice
from voiceprints.enrolment.reembedding import reembed_person
from voiceprints.enrolment.voice_enrolment import enrol_recordings
from voiceprints.enrolment.voice_extraction import extract_voice
from voiceprints.matching.speaker_identification import identify_speakers
from voiceprints.people.enrolment_errors import Clipped, SeveralVoices, TooLittleSpeech, VoiceTaken

pytestmark = [pytest.mark.django_db, pytest.mark.models]

LONG_ENOUGH = (
    "The library opens at nine and closes at six, except on Thursdays, when it stays open until "
    "eight. Please return your books at the desk beside the entrance, or use the box outside. "
    "Members may borrow ten."
)


@pytest.fixture(autouse=True)
def _samples(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def test_a_person_of_a_meeting_is_recognised_in_it_after_enrolment(
    tmp_path: Path, system: Path
) -> None:
    emma = consenting("Emma Brook")

    enrolled = enrol_recordings(
        emma.id, [clinic_voice("Emma Brook", 15.0, tmp_path / "emma.wav")], actor="desk"
    )
    speakers = identify_speakers(Recording(system, ".wav"), actor="desk")

    assert enrolled.quality["cohesion"] > 0.8
    assert enrolled.quality["discarded"] == 0
    matches = [one.identification.match for one in speakers]
    assert [match and match.person_id for match in matches] == [emma.id, None]


def test_the_same_voice_is_refused_for_another_person(tmp_path: Path) -> None:
    emma, emily = consenting("Emma Brook"), consenting("Emily")
    voice = clinic_voice("Emma Brook", 34.0, tmp_path / "emma.wav")
    enrol_recordings(emma.id, [halved(voice, 0)], actor="desk")

    with pytest.raises(VoiceTaken) as refused:
        enrol_recordings(emily.id, [halved(voice, 1)], actor="desk")

    assert refused.value.person_id == emma.id


def test_recordings_of_two_people_are_refused(tmp_path: Path) -> None:
    emma = clinic_voice("Emma Brook", 8.0, tmp_path / "emma.wav")
    michael = clinic_voice("Michael Reyes", 8.0, tmp_path / "michael.wav")

    with pytest.raises(SeveralVoices):
        enrol_recordings(consenting("Emma").id, [emma, michael], actor="desk")


def test_a_few_words_of_another_person_are_discarded(tmp_path: Path) -> None:
    emma = clinic_voice("Emma Brook", 15.0, tmp_path / "emma.wav")
    michael = clinic_voice("Michael Reyes", 4.0, tmp_path / "michael.wav")

    alone, together = extract_voice([emma]), extract_voice([emma, michael])

    assert together.quality["discarded"] >= 1
    assert float(alone.vector @ together.vector) > 0.99


def test_speech_that_was_recorded_too_loud_is_refused(tmp_path: Path) -> None:
    voice = clinic_voice("George Hall", 14.0, tmp_path / "george.wav")
    samples = clips(voice, [Span(0.0, 14.0)])[0]
    voice.path.write_bytes(wav(pcm(np.clip(samples * 40, -1.0, 1.0))))

    with pytest.raises(Clipped):
        enrol_recordings(consenting("George").id, [voice], actor="desk")


def test_too_few_words_are_refused(tmp_path: Path) -> None:
    voice = clinic_voice("George Hall", 9.0, tmp_path / "george.wav")

    with pytest.raises(TooLittleSpeech):
        enrol_recordings(consenting("George").id, [voice], actor="desk")


def test_a_synthetic_voice_is_distinguished_from_a_recorded_one(tmp_path: Path) -> None:
    recorded = clinic_voice("Emma Brook", 15.0, tmp_path / "emma.wav")
    enrol_recordings(consenting("Emma").id, [recorded], actor="desk")

    made = enrol_recordings(consenting("Heart").id, [spoken("af_heart", tmp_path)], actor="desk")

    assert made.quality["nearest_other"] < 0.5


def test_a_stored_sample_has_the_enrolled_voice(settings: Settings, tmp_path: Path) -> None:
    settings.KEEP_SAMPLES = True
    ana = consenting("Ana")
    voice = clinic_voice("Emma Brook", 15.0, tmp_path / "emma.wav")
    old = enrol_recordings(ana.id, [voice], actor="desk")
    engine = str(old.space)
    old.space.model = "an older model"
    old.space.save()

    assert reembed_person(ana, engine, actor="desk") == 1

    new = ana.voiceprints.exclude(pk=old.pk).get()
    assert str(new.space) == engine
    assert float(np.dot(old.vector, new.vector)) > 0.98


def halved(recording: Recording, half: int) -> Recording:
    """Return the first or the second 17 s."""
    [samples] = clips(recording, [Span(17.0 * half, 17.0 * (half + 1))])
    assert len(samples) == 17 * SAMPLE_RATE
    path = recording.path.with_name(f"half-{half}.wav")
    path.write_bytes(wav(pcm(samples)))
    return Recording(path, ".wav")


def spoken(voice: str, folder: Path) -> Recording:
    """Return speech of one of the built-in voices."""
    utterance = Utterance(LONG_ENOUGH, voice, "wav", {})
    path = folder / f"{voice}.wav"
    path.write_bytes(b"".join(speak(utterance).audio))
    return Recording(path, ".wav")
