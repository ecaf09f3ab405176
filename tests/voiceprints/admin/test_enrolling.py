"""Learning a voice from a recording that is uploaded in the admin."""

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from tests.faults import FaultServer
from tests.recordings import square_wave, wav
from tests.voiceprints.admin.conftest import PEOPLE
from tests.voiceprints.people import SPACE, axis, consenting, print_of
from voiceprints.models import AuditEntry, Person, Voiceprint

HEARD = {
    "duration": 12.5,
    "segments": [{"start_s": 0.0, "end_s": 12.5, "speaker": "Speaker_0"}],
    "speakers_detected": ["Speaker_0"],
    "fingerprints": {"Speaker_0": axis(0).tolist()},
    "models": {"diarization": "sortformer", "embedding": SPACE},
}


@pytest.fixture(autouse=True)
def engine(settings: Settings, faults: FaultServer) -> FaultServer:
    """It hears 12.5 s of one voice in whatever it is sent."""
    settings.PARAKEET_URL = faults.url
    faults.answer("/v1/audio/diarize-chunk", HEARD)
    return faults


def test_a_voice_is_learned_from_recordings(vera: Client) -> None:
    ana = consenting("Ana")

    page = upload(vera, ana, recording())

    learned = Voiceprint.objects.get()
    assert np.allclose(learned.vector, axis(0))
    assert (learned.person, learned.created_by) == (ana, "admin:vera")
    assert "The voice was learned from 12 s of speech." in page
    assert AuditEntry.objects.get().action == "enrolled"


def test_several_recordings_are_one_print(vera: Client) -> None:
    ana = consenting("Ana")

    upload(vera, ana, recording(), recording())

    assert Voiceprint.objects.get().person == ana


def test_too_little_speech_is_refused_with_the_reason(vera: Client, engine: FaultServer) -> None:
    short = [{"start_s": 0.0, "end_s": 5.0, "speaker": "Speaker_0"}]
    engine.answer("/v1/audio/diarize-chunk", HEARD | {"segments": short})

    page = upload(vera, consenting("Ana"), recording())

    assert "a voiceprint needs 10 s" in page


def test_a_voice_that_is_somebody_elses_names_that_person(vera: Client) -> None:
    ben = consenting("Ben")
    print_of(ben, axis(0))

    page = upload(vera, consenting("Ana"), recording())

    assert f'/person/{ben.pk}/change/">Ben</a>' in page
    assert "Merge the two" in page


def test_what_is_no_recording_is_refused(vera: Client) -> None:
    page = upload(vera, consenting("Ana"), SimpleUploadedFile("notes.txt", b"no sound"))

    assert "errorlist" in page
    assert not Voiceprint.objects.exists()


def test_an_engine_that_is_down_is_told(vera: Client, settings: Settings) -> None:
    settings.PARAKEET_URL = "http://127.0.0.1:9"

    page = upload(vera, consenting("Ana"), recording())

    assert "errorlist" in page
    assert "127.0.0.1" not in page


def test_no_recording_is_asked_for_without_an_engine(vera: Client, settings: Settings) -> None:
    settings.PARAKEET_URL = ""

    page = vera.get(page_of(consenting("Ana"))).content.decode()

    assert "No engine is configured" in page
    assert 'type="file"' not in page


def test_no_recording_is_asked_for_without_consent(vera: Client) -> None:
    page = vera.get(page_of(Person.objects.create(name="Ana"))).content.decode()

    assert "Record the consent" in page
    assert 'type="file"' not in page


def test_a_viewer_learns_no_voice(viewer: Client) -> None:
    ana = consenting("Ana")

    assert viewer.get(page_of(ana)).status_code == 403
    assert viewer.post(page_of(ana), {"recordings": recording()}).status_code == 403


def upload(client: Client, person: Person, *recordings: SimpleUploadedFile) -> str:
    answer = client.post(page_of(person), {"recordings": list(recordings)}, follow=True)
    return answer.content.decode()


def recording() -> SimpleUploadedFile:
    return SimpleUploadedFile("ana.wav", wav(square_wave(4000, 13.0)))


def page_of(person: Person) -> str:
    return f"{PEOPLE}{person.pk}/enrol/"
