"""The pages that enrol a voice, merge two people, and erase a person."""

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from tests.faults import FaultServer
from tests.recordings import square_wave, wav
from tests.voiceprints.admin.conftest import PEOPLE, user_with_permissions
from tests.voiceprints.people import SPACE, axis, consenting, speaker, transcript, voiceprint_of
from voiceprints.models import AuditEntry, Person, TranscriptSpeaker, Voiceprint

DIARIZED = {
    "duration": 12.5,
    "segments": [{"start_s": 0.0, "end_s": 12.5, "speaker": "Speaker_0"}],
    "speakers_detected": ["Speaker_0"],
    "fingerprints": {"Speaker_0": axis(0).tolist()},
    "models": {"diarization": "sortformer", "embedding": SPACE},
}
RESULT = {"speakers": [{"cluster": "Speaker_0", "name": "Ana"}], "segments": []}


@pytest.fixture(autouse=True)
def engine(settings: Settings, faults: FaultServer) -> FaultServer:
    """Answer 12.5 s of one voice for every recording."""
    settings.PARAKEET_URL = faults.url
    faults.answer("/v1/audio/diarize-chunk", DIARIZED)
    return faults


def test_a_voice_is_enrolled_from_recordings(vera: Client) -> None:
    ana = consenting("Ana")

    page = upload(vera, ana, recording())

    enrolled = Voiceprint.objects.get()
    assert np.allclose(enrolled.vector, axis(0))
    assert (enrolled.person, enrolled.created_by) == (ana, "admin:vera")
    assert "The voice was enrolled from 12 s of speech." in page
    assert AuditEntry.objects.get().action == "enrolled"


def test_several_recordings_give_one_voiceprint(vera: Client) -> None:
    ana = consenting("Ana")

    upload(vera, ana, recording(), recording())

    assert Voiceprint.objects.get().person == ana


def test_too_little_speech_is_refused_with_the_reason(vera: Client, engine: FaultServer) -> None:
    short = [{"start_s": 0.0, "end_s": 5.0, "speaker": "Speaker_0"}]
    engine.answer("/v1/audio/diarize-chunk", DIARIZED | {"segments": short})

    page = upload(vera, consenting("Ana"), recording())

    assert "a voiceprint needs 10 s" in page


def test_a_refusal_names_the_person_who_has_the_voice(vera: Client) -> None:
    ben = consenting("Ben")
    voiceprint_of(ben, axis(0))

    page = upload(vera, consenting("Ana"), recording())

    assert f'/person/{ben.pk}/change/">Ben</a>' in page
    assert "Merge the two" in page


def test_a_file_without_audio_is_refused(vera: Client) -> None:
    page = upload(vera, consenting("Ana"), SimpleUploadedFile("notes.txt", b"no sound"))

    assert "errorlist" in page
    assert not Voiceprint.objects.exists()


def test_a_recording_with_an_unusable_suffix_is_enrolled(vera: Client) -> None:
    named = SimpleUploadedFile("ana." + "x" * 240, wav(square_wave(4000, 13.0)))

    upload(vera, consenting("Ana"), named)

    assert Voiceprint.objects.exists()


def test_an_unreachable_engine_is_reported(vera: Client, settings: Settings) -> None:
    settings.PARAKEET_URL = "http://127.0.0.1:9"

    page = upload(vera, consenting("Ana"), recording())

    assert "errorlist" in page
    assert "127.0.0.1" not in page


def test_the_form_is_hidden_without_an_engine(vera: Client, settings: Settings) -> None:
    settings.PARAKEET_URL = ""

    page = vera.get(url_of(consenting("Ana"))).content.decode()

    assert "No engine is configured" in page
    assert 'type="file"' not in page


def test_the_form_is_hidden_without_consent(vera: Client) -> None:
    page = vera.get(url_of(Person.objects.create(name="Ana"))).content.decode()

    assert "Record the consent" in page
    assert 'type="file"' not in page


def test_a_viewer_cannot_enrol_a_voice(viewer: Client) -> None:
    ana = consenting("Ana")

    assert viewer.get(url_of(ana)).status_code == 403
    assert viewer.post(url_of(ana), {"recordings": recording()}).status_code == 403


def upload(client: Client, person: Person, *recordings: SimpleUploadedFile) -> str:
    answer = client.post(url_of(person), {"recordings": list(recordings)}, follow=True)
    return answer.content.decode()


def recording() -> SimpleUploadedFile:
    return SimpleUploadedFile("ana.wav", wav(square_wave(4000, 13.0)))


def url_of(person: Person) -> str:
    return f"{PEOPLE}{person.pk}/enrol/"


def test_erasure_needs_confirmation(vera: Client) -> None:
    ana = consenting("Ana")

    page = vera.get(f"{PEOPLE}{ana.pk}/delete/").content.decode()

    assert "This cannot be undone" in page
    assert Person.objects.exists()


def test_erasure_replaces_the_name_and_deletes_voiceprints(vera: Client) -> None:
    ana = enrolled_person("Ana")

    vera.post(f"{PEOPLE}{ana.pk}/delete/", {"replacement": "The carpenter"})

    assert not Person.objects.exists()
    assert not Voiceprint.objects.exists()
    assert TranscriptSpeaker.objects.get().name == "The carpenter"


def test_erasure_is_audited_under_the_admins_name(vera: Client) -> None:
    ana = enrolled_person("Ana")

    vera.post(f"{PEOPLE}{ana.pk}/delete/", {"replacement": ""})

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.person_id) == ("admin:vera", "forgotten", ana.pk)


def test_a_replacement_with_the_same_name_is_refused(vera: Client) -> None:
    ana = enrolled_person("Ana")

    answer = vera.post(f"{PEOPLE}{ana.pk}/delete/", {"replacement": "Our Ana"})

    assert "Expected another name" in answer.content.decode()
    assert Person.objects.exists()


def test_the_bulk_action_erases_people(vera: Client) -> None:
    ana, ben = enrolled_person("Ana"), enrolled_person("Ben")
    chosen = {"action": "delete_selected", "_selected_action": [ana.pk, ben.pk], "post": "yes"}

    vera.post(PEOPLE, chosen)

    assert not Person.objects.exists()
    assert AuditEntry.objects.filter(action="forgotten").count() == 2
    assert not TranscriptSpeaker.objects.filter(name__in=["Ana", "Ben"]).exists()


def test_a_viewer_cannot_erase_a_person(viewer: Client) -> None:
    ana = enrolled_person("Ana")

    assert viewer.post(f"{PEOPLE}{ana.pk}/delete/").status_code == 403
    assert Person.objects.exists()


def test_merging_moves_voiceprints_and_makes_the_old_name_an_alias(vera: Client) -> None:
    annie, ana = enrolled_person("Annie"), consenting("Ana")

    vera.post(f"{PEOPLE}{annie.pk}/merge/", {"into": str(ana.pk)})

    remaining = Person.objects.get()
    assert (remaining.name, remaining.aliases) == ("Ana", ["Annie"])
    assert Voiceprint.objects.get().person == remaining
    assert AuditEntry.objects.get().actor == "admin:vera"


def test_merging_offers_people_with_similar_voices(vera: Client) -> None:
    annie, ana = enrolled_person("Annie"), enrolled_person("Ana")

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


def test_merging_without_a_choice_is_refused(vera: Client) -> None:
    annie = consenting("Annie")

    answer = vera.post(f"{PEOPLE}{annie.pk}/merge/", {})

    assert "Choose who this person is" in answer.content.decode()


def test_merging_needs_the_permission_to_delete(db: None) -> None:
    annie, ana = consenting("Annie"), consenting("Ana")
    client = user_with_permissions("view", "change")

    answer = client.post(f"{PEOPLE}{annie.pk}/merge/", {"into": str(ana.pk)})

    assert answer.status_code == 403
    assert Person.objects.count() == 2


def enrolled_person(name: str) -> Person:
    person = consenting(name)
    voiceprint_of(person, axis(0))
    speaker(transcript(result=RESULT), "Speaker_0", name, person=person)
    return person
