"""Tests of enrolments concurrent with other changes of the same person."""

from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from audio.media.recording import Recording
from audio.pipeline.analysis.clip_embeddings import embed_clips
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
def paused_extraction(monkeypatch: pytest.MonkeyPatch) -> "PausedExtraction":
    """Pause the next enrolment after the engine has responded and before anything is locked."""
    held = PausedExtraction()
    monkeypatch.setattr(
        "voiceprints.enrolment.voice_extraction.embed_clips",
        lambda clips: held.after(embed_clips(clips)),
    )
    return held


class PausedExtraction:
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


def test_a_new_person_enrolled_twice_at_the_same_time_is_one_person(recording: Recording) -> None:
    consent = Consent("signed form")

    def enrol(name: str) -> Voiceprint:
        return enrol_named(name, [recording], consent=consent, actor="desk")

    first, second = started(lambda: enrol("Ana")), started(lambda: enrol("ana"))

    assert first.result().person == second.result().person == Person.objects.get()
    assert Voiceprint.objects.count() == 2


def test_a_person_erased_during_extraction_stays_erased(
    recording: Recording, paused_extraction: PausedExtraction
) -> None:
    ana = consenting("Ana")
    enrolment = started(lambda: enrol_recordings(ana.id, [recording], actor="desk"))
    assert paused_extraction.reached.wait(PATIENCE_S)

    erase_person(ana.id, actor="desk")
    paused_extraction.go_on.set()

    with pytest.raises(PersonNotFound):
        enrolment.result()
    assert not Voiceprint.objects.exists()


def test_a_person_merged_during_extraction_is_reported(
    recording: Recording, paused_extraction: PausedExtraction
) -> None:
    ana, anna = consenting("Ana"), consenting("Anna")
    enrolment = started(lambda: enrol_recordings(ana.id, [recording], actor="desk"))
    assert paused_extraction.reached.wait(PATIENCE_S)

    merge_people(ana.id, anna.id, actor="desk")
    paused_extraction.go_on.set()

    with pytest.raises(PersonNotFound):
        enrolment.result()
    assert not Voiceprint.objects.exists()


def test_consent_withdrawn_during_extraction_refuses_the_voice(
    recording: Recording, paused_extraction: PausedExtraction
) -> None:
    ana = consenting("Ana")
    enrolment = started(lambda: enrol_recordings(ana.id, [recording], actor="desk"))
    assert paused_extraction.reached.wait(PATIENCE_S)

    Person.objects.filter(pk=ana.pk).update(consent_until=ana.created_at)
    paused_extraction.go_on.set()

    with pytest.raises(ConsentEnded):
        enrolment.result()


def test_an_enrolment_that_waits_for_a_merge_reports_the_missing_person() -> None:
    ana, anna = consenting("Ana"), consenting("Anna")

    with transaction.atomic():
        merge_people(ana.id, anna.id, actor="desk")
        enrolment = waiting(lambda: enrol_embedding(ana.id, axis(0), SPACE, actor="desk"))

    with pytest.raises(PersonNotFound):
        enrolment.result()


def test_a_voiceprint_that_a_merge_waits_for_moves_too() -> None:
    ana, anna = consenting("Ana"), consenting("Anna")

    with transaction.atomic():
        enrolled = enrol_embedding(ana.id, axis(0), SPACE, actor="desk")
        merging = waiting(lambda: merge_people(ana.id, anna.id, actor="desk"))

    assert merging.result().voiceprints == 1
    assert anna.voiceprints.get() == enrolled


def test_one_voice_enrolled_for_two_people_at_the_same_time_is_stored_once() -> None:
    ana, ben = consenting("Ana"), consenting("Ben")

    with transaction.atomic():
        enrol_embedding(ana.id, axis(0), SPACE, actor="desk")
        second = waiting(
            lambda: enrol_embedding(ben.id, blend({0: 0.9, 1: 0.436}), SPACE, actor="desk")
        )

    with pytest.raises(VoiceTaken):
        second.result()


def test_nothing_is_locked_during_extraction(
    recording: Recording, paused_extraction: PausedExtraction, scripted_engine: FaultServer
) -> None:
    ana = consenting("Ana")
    enrolment = started(lambda: enrol_recordings(ana.id, [recording], actor="desk"))
    assert paused_extraction.reached.wait(PATIENCE_S)

    with transaction.atomic():
        Person.objects.select_for_update(nowait=True).get(pk=ana.pk)
    paused_extraction.go_on.set()

    assert enrolment.result().person == ana
    assert DIARIZE in scripted_engine.paths()


def test_a_voiceprint_deleted_during_reembedding_stays_deleted(
    recording: Recording, settings: Settings, paused_extraction: PausedExtraction
) -> None:
    settings.KEEP_SAMPLES = True
    paused_extraction.go_on.set()
    old = enrol_recordings(consenting("Ana").id, [recording], actor="desk")
    Space.objects.update(model="an older model")
    paused_extraction.again()
    hearing = started(lambda: reembed_person(old.person, SPACE, actor="desk"))
    assert paused_extraction.reached.wait(PATIENCE_S)

    old.delete()
    paused_extraction.go_on.set()

    assert hearing.result() == 0
    assert not Voiceprint.objects.exists()
