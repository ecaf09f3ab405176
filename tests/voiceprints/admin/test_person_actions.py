"""The pages that enrol a voice and erase a person."""

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from tests.faults import FaultServer
from tests.recordings import square_wave, wav
from tests.voiceprints.admin.conftest import PEOPLE, somebody_who_may
from tests.voiceprints.people import SPACE, axis, consenting, speaker, transcript, voiceprint_of
from voiceprints.models import AuditEntry, Person, TranscriptSpeaker, Voiceprint

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
    voiceprint_of(ben, axis(0))

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


RESULT = {"speakers": [{"cluster": "Speaker_0", "name": "Ana"}], "segments": []}


def test_forgetting_is_asked_for_first(vera: Client) -> None:
    ana = consenting("Ana")

    page = vera.get(f"{PEOPLE}{ana.pk}/delete/").content.decode()

    assert "This cannot be undone" in page
    assert Person.objects.exists()


def test_who_is_forgotten_leaves_another_name_and_no_print(vera: Client) -> None:
    ana = heard("Ana")

    vera.post(f"{PEOPLE}{ana.pk}/delete/", {"replacement": "The carpenter"})

    assert not Person.objects.exists()
    assert not Voiceprint.objects.exists()
    assert TranscriptSpeaker.objects.get().name == "The carpenter"


def test_forgetting_is_audited_under_the_admins_name(vera: Client) -> None:
    ana = heard("Ana")

    vera.post(f"{PEOPLE}{ana.pk}/delete/", {"replacement": ""})

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.person_id) == ("admin:vera", "forgotten", ana.pk)


def test_a_replacement_with_the_same_name_is_refused(vera: Client) -> None:
    ana = heard("Ana")

    answer = vera.post(f"{PEOPLE}{ana.pk}/delete/", {"replacement": "Our Ana"})

    assert "Expected another name" in answer.content.decode()
    assert Person.objects.exists()


def test_the_bulk_action_forgets_too(vera: Client) -> None:
    ana, ben = heard("Ana"), heard("Ben")
    chosen = {"action": "delete_selected", "_selected_action": [ana.pk, ben.pk], "post": "yes"}

    vera.post(PEOPLE, chosen)

    assert not Person.objects.exists()
    assert AuditEntry.objects.filter(action="forgotten").count() == 2
    assert not TranscriptSpeaker.objects.filter(name__in=["Ana", "Ben"]).exists()


def test_a_viewer_forgets_nobody(viewer: Client) -> None:
    ana = heard("Ana")

    assert viewer.post(f"{PEOPLE}{ana.pk}/delete/").status_code == 403
    assert Person.objects.exists()


def test_merging_moves_prints_and_keeps_the_old_name_as_an_alias(vera: Client) -> None:
    annie, ana = heard("Annie"), consenting("Ana")

    vera.post(f"{PEOPLE}{annie.pk}/merge/", {"into": str(ana.pk)})

    stays = Person.objects.get()
    assert (stays.name, stays.aliases) == ("Ana", ["Annie"])
    assert Voiceprint.objects.get().person == stays
    assert AuditEntry.objects.get().actor == "admin:vera"


def test_merging_offers_people_who_sound_alike(vera: Client) -> None:
    annie, ana = heard("Annie"), heard("Ana")

    page = vera.get(f"{PEOPLE}{annie.pk}/merge/").content.decode()

    assert "Similar voices" in page
    assert page.count(f'value="{ana.pk}"') == 2


def test_merging_finds_people_by_alias(vera: Client) -> None:
    annie = consenting("Annie")
    consenting("Ana", aliases=["The boss"])
    consenting("Ben")

    page = vera.get(f"{PEOPLE}{annie.pk}/merge/?q=boss").content.decode()

    assert "> Ana" in page
    assert "> Ben" not in page


def test_merging_with_nobody_is_refused(vera: Client) -> None:
    annie = consenting("Annie")

    answer = vera.post(f"{PEOPLE}{annie.pk}/merge/", {})

    assert "Choose who this person is" in answer.content.decode()


def test_merging_needs_the_permission_to_delete(db: None) -> None:
    annie, ana = consenting("Annie"), consenting("Ana")
    client = somebody_who_may("view", "change")

    answer = client.post(f"{PEOPLE}{annie.pk}/merge/", {"into": str(ana.pk)})

    assert answer.status_code == 403
    assert Person.objects.count() == 2


def heard(name: str) -> Person:
    person = consenting(name)
    voiceprint_of(person, axis(0))
    speaker(transcript(result=RESULT), "Speaker_0", name, person=person)
    return person
