"""What is enrolled while something else happens to the person: nothing is lost or comes back."""

from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from audio.media.recording import Recording
from audio.pipeline.clip_embeddings import embed_clips
from tests.faults import FaultServer
from tests.voiceprints.people import SPACE, axis, blend, consenting
from tests.voiceprints.test_concurrency import started, waiting
from tests.voiceprints.voices import DIARIZE, tone
from tests.waiting import PATIENCE_S
from voiceprints.enrolment.reembedding import reembed_person
from voiceprints.enrolment.voice_enrolment import enrol_embedding, enrol_named, enrol_recordings
from voiceprints.erasure.person_erasure import erase_person
from voiceprints.erasure.person_merge import merge_people
from voiceprints.models import Person, Space, Voiceprint
from voiceprints.people.consent import Consent
from voiceprints.people.enrolment_errors import ConsentEnded, VoiceTaken
from voiceprints.storage.locks import PersonNotFound

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("scripted_engine"),
]


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return tone(tmp_path / "ana.wav")


@pytest.fixture
def while_listening(monkeypatch: pytest.MonkeyPatch) -> "Listening":
    """Holds the next enrolment where the engine has answered and nothing is locked yet."""
    held = Listening()
    monkeypatch.setattr(
        "voiceprints.enrolment.voice_extraction.embed_clips",
        lambda clips: held.after(embed_clips(clips)),
    )
    return held


class Listening:
    def __init__(self) -> None:
        self.reached, self.go_on = Event(), Event()

    def again(self) -> None:
        self.reached.clear()
        self.go_on.clear()

    def after(self, answer: Any) -> Any:
        self.reached.set()
        assert self.go_on.wait(PATIENCE_S)
        return answer


def test_two_enrolments_of_one_person_both_count(recording: Recording) -> None:
    ana = consenting("Ana")

    first = started(lambda: enrol_recordings(ana.id, [recording], actor="desk"))
    second = started(lambda: enrol_recordings(ana.id, [recording], actor="desk"))

    assert {first.result(), second.result()} == set(ana.voiceprints.all())
    assert ana.voiceprints.count() == 2


def test_somebody_new_who_is_enrolled_twice_at_once_is_one_person(recording: Recording) -> None:
    consent = Consent("signed form")

    def enrol(name: str) -> Voiceprint:
        return enrol_named(name, [recording], consent=consent, actor="desk")

    first, second = started(lambda: enrol("Ana")), started(lambda: enrol("ana"))

    assert first.result().person == second.result().person == Person.objects.get()
    assert Voiceprint.objects.count() == 2


def test_whoever_is_forgotten_while_the_engine_listens_stays_forgotten(
    recording: Recording, while_listening: Listening
) -> None:
    ana = consenting("Ana")
    enrolment = started(lambda: enrol_recordings(ana.id, [recording], actor="desk"))
    assert while_listening.reached.wait(PATIENCE_S)

    erase_person(ana.id, actor="desk")
    while_listening.go_on.set()

    with pytest.raises(PersonNotFound):
        enrolment.result()
    assert not Voiceprint.objects.exists()


def test_whoever_is_merged_while_the_engine_listens_is_told(
    recording: Recording, while_listening: Listening
) -> None:
    ana, anna = consenting("Ana"), consenting("Anna")
    enrolment = started(lambda: enrol_recordings(ana.id, [recording], actor="desk"))
    assert while_listening.reached.wait(PATIENCE_S)

    merge_people(ana.id, anna.id, actor="desk")
    while_listening.go_on.set()

    with pytest.raises(PersonNotFound):
        enrolment.result()
    assert not Voiceprint.objects.exists()


def test_whoever_withdraws_consent_while_the_engine_listens_is_not_enrolled(
    recording: Recording, while_listening: Listening
) -> None:
    ana = consenting("Ana")
    enrolment = started(lambda: enrol_recordings(ana.id, [recording], actor="desk"))
    assert while_listening.reached.wait(PATIENCE_S)

    Person.objects.filter(pk=ana.pk).update(consent_until=ana.created_at)
    while_listening.go_on.set()

    with pytest.raises(ConsentEnded):
        enrolment.result()


def test_an_enrolment_that_waits_for_a_merge_is_told_that_the_person_is_gone() -> None:
    ana, anna = consenting("Ana"), consenting("Anna")

    with transaction.atomic():
        merge_people(ana.id, anna.id, actor="desk")
        enrolment = waiting(lambda: enrol_embedding(ana.id, axis(0), SPACE, actor="desk"))

    with pytest.raises(PersonNotFound):
        enrolment.result()


def test_a_print_that_a_merge_waits_for_moves_along() -> None:
    ana, anna = consenting("Ana"), consenting("Anna")

    with transaction.atomic():
        learned = enrol_embedding(ana.id, axis(0), SPACE, actor="desk")
        merging = waiting(lambda: merge_people(ana.id, anna.id, actor="desk"))

    assert merging.result().prints == 1
    assert anna.voiceprints.get() == learned


def test_one_voice_enrolled_for_two_people_at_once_is_one_persons() -> None:
    ana, ben = consenting("Ana"), consenting("Ben")

    with transaction.atomic():
        enrol_embedding(ana.id, axis(0), SPACE, actor="desk")
        second = waiting(
            lambda: enrol_embedding(ben.id, blend({0: 0.9, 1: 0.436}), SPACE, actor="desk")
        )

    with pytest.raises(VoiceTaken):
        second.result()


def test_nothing_is_locked_while_the_engine_listens(
    recording: Recording, while_listening: Listening, scripted_engine: FaultServer
) -> None:
    ana = consenting("Ana")
    enrolment = started(lambda: enrol_recordings(ana.id, [recording], actor="desk"))
    assert while_listening.reached.wait(PATIENCE_S)

    with transaction.atomic():
        Person.objects.select_for_update(nowait=True).get(pk=ana.pk)
    while_listening.go_on.set()

    assert enrolment.result().person == ana
    assert DIARIZE in scripted_engine.paths()


def test_a_print_that_is_deleted_while_its_sample_is_heard_again_stays_deleted(
    recording: Recording, settings: Settings, while_listening: Listening
) -> None:
    settings.KEEP_SAMPLES = True
    while_listening.go_on.set()
    old = enrol_recordings(consenting("Ana").id, [recording], actor="desk")
    Space.objects.update(model="an older model")
    while_listening.again()
    hearing = started(lambda: reembed_person(old.person, SPACE, actor="desk"))
    assert while_listening.reached.wait(PATIENCE_S)

    old.delete()
    while_listening.go_on.set()

    assert hearing.result() == 0
    assert not Voiceprint.objects.exists()
