"""Tests of storing voiceprints and their samples."""

from contextlib import nullcontext
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from audio.media.recording import Recording
from tests.bucket_server import BucketOfTests
from tests.faults import FaultServer
from tests.voiceprints.people import (
    axis,
    blend,
    consenting,
    voiceprint_of,
)
from tests.voiceprints.voices import script_voice, tone
from voiceprints.enrolment.voice_enrolment import (
    enrol_recordings,
)
from voiceprints.models import AuditEntry, Person, Space, Voiceprint
from voiceprints.people.enrolment_errors import (
    VoiceTaken,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted_engine")]


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return tone(tmp_path / "ana.wav")


def test_the_voice_of_another_person_is_refused_with_the_name(recording: Recording) -> None:
    ben = consenting("Ben")
    voiceprint_of(ben, blend({0: 0.8, 1: 0.6}))

    with pytest.raises(VoiceTaken) as refused:
        enrol_recordings(consenting("Ana").id, [recording], actor="desk")

    assert (refused.value.person_id, refused.value.name) == (ben.id, "Ben")
    assert refused.value.similarity == pytest.approx(0.8)
    assert "Ben" not in str(refused.value)


def test_a_voice_is_taken_at_the_threshold_of_its_space(recording: Recording) -> None:
    voiceprint_of(consenting("Ben"), blend({0: 0.8, 1: 0.6}))
    Space.objects.update(threshold=0.9)

    enrol_recordings(consenting("Ana").id, [recording], actor="desk")

    assert Voiceprint.objects.count() == 2


@pytest.mark.parametrize("set_by", ["default", "operator"])
def test_a_voice_near_to_another_is_refused_only_at_an_operators_threshold(
    recording: Recording, set_by: str
) -> None:
    voiceprint_of(consenting("Ben"), blend({0: 0.6, 1: 0.8}))
    Space.objects.update(threshold=0.5, threshold_source=set_by)
    is_refused = set_by == "operator"

    with pytest.raises(VoiceTaken) if is_refused else nullcontext():
        enrol_recordings(consenting("Ana").id, [recording], actor="desk")

    assert Voiceprint.objects.count() == (1 if is_refused else 2)


def test_the_voice_of_a_person_without_consent_is_free(recording: Recording) -> None:
    ben = consenting("Ben")
    voiceprint_of(ben, axis(0))
    Person.objects.filter(pk=ben.pk).update(consent_until=timezone.now())

    enrol_recordings(consenting("Ana").id, [recording], actor="desk")

    assert Voiceprint.objects.count() == 2


def test_samples_are_not_stored_by_default(recording: Recording, settings: Settings) -> None:
    enrolled = enrol_recordings(consenting("Ana").id, [recording], actor="desk")

    assert not enrolled.sample
    assert not Path(settings.MEDIA_ROOT).exists()


def test_the_enrolled_speech_is_stored_if_samples_are_on(
    recording: Recording, settings: Settings
) -> None:
    settings.KEEP_SAMPLES = True

    enrolled = enrol_recordings(consenting("Ana").id, [recording], actor="desk")

    assert enrolled.sample.name == f"samples/{enrolled.id}.wav"
    assert enrolled.sample.size == 44 + 12 * 16_000 * 2


def test_the_enrolled_speech_is_stored_in_the_bucket(
    recording: Recording, settings: Settings, bucket_in_use: BucketOfTests
) -> None:
    settings.KEEP_SAMPLES = True

    enrolled = enrol_recordings(consenting("Ana").id, [recording], actor="desk")

    assert list(bucket_in_use.contents()) == [f"samples/{enrolled.id}.wav"]
    assert enrolled.sample.size == 44 + 12 * 16_000 * 2


def test_a_sample_has_at_most_half_a_minute(
    faults: FaultServer, settings: Settings, tmp_path: Path
) -> None:
    settings.KEEP_SAMPLES = True
    script_voice(faults, seconds=60.0)

    enrolled = enrol_recordings(
        consenting("Ana").id, [tone(tmp_path / "long.wav", 61.0)], actor="desk"
    )

    assert enrolled.sample.size == 44 + 30 * 16_000 * 2


def test_a_refused_voice_leaves_no_sample(recording: Recording, settings: Settings) -> None:
    settings.KEEP_SAMPLES = True
    voiceprint_of(consenting("Ben"), axis(0))

    with pytest.raises(VoiceTaken):
        enrol_recordings(consenting("Ana").id, [recording], actor="desk")

    assert list(Path(settings.MEDIA_ROOT).rglob("*.wav")) == []


def test_a_voiceprint_has_its_quality(recording: Recording) -> None:
    voiceprint_of(consenting("Ben"), blend({0: 0.3, 1: 0.954}))

    quality = enrol_recordings(consenting("Ana").id, [recording], actor="desk").quality

    assert quality == {
        "windows": 4,
        "discarded": 0,
        "cohesion": 1.0,
        "clipping_share": 0.0,
        "nearest_other": 0.3,
    }


def test_an_enrolment_is_audited(recording: Recording) -> None:
    ana = consenting("Ana")

    enrolled = enrol_recordings(ana.id, [recording], actor="desk")

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.person_id) == ("desk", "enrolled", ana.id)
    assert entry.detail == {
        "voiceprint": str(enrolled.id),
        "source": "enrolment",
        "speech_s": 12.0,
    }
