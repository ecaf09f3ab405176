"""manage.py reembed --space NEW"""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError
from django.utils import timezone
from pytest_django import Settings

from tests.faults import FaultServer
from tests.voiceprints.management.conftest import Run
from tests.voiceprints.people import axis, consenting, voiceprint_of
from tests.voiceprints.voices import script_voice, tone
from voiceprints.enrolment.voice_enrolment import enrol_recordings
from voiceprints.models import AuditEntry, Person, Space, Voiceprint

pytestmark = pytest.mark.django_db

NEW = "newmodel@3"


@pytest.fixture
def ana(settings: Settings, scripted_engine: FaultServer, tmp_path: Path) -> Person:
    """Return a person with a stored sample; the engine has a new model now."""
    settings.KEEP_SAMPLES = True
    somebody = consenting("Ana")
    enrol_recordings(somebody.id, [tone(tmp_path / "ana.wav")], actor="desk")
    script_voice(scripted_engine, axis(5), space=NEW)
    return somebody


def test_a_stored_sample_gives_a_voiceprint_in_the_new_space(run: Run, ana: Person) -> None:
    printed = run("reembed", "--space", NEW)

    new = ana.voiceprints.get(space=Space.named(NEW))
    assert printed == "Ana: 1 voiceprints.\n"
    assert new.vector == pytest.approx(axis(5))
    assert (new.source, new.speech_s) == ("enrolment", 12.0)
    assert ana.voiceprints.count() == 2


def test_the_new_voiceprint_has_its_own_sample(run: Run, ana: Person) -> None:
    run("reembed", "--space", NEW)

    names = set(ana.voiceprints.values_list("sample", flat=True))
    assert len(names) == 2
    assert all(default_storage.exists(name) for name in names)


def test_what_was_done_is_not_done_again(run: Run, ana: Person) -> None:
    run("reembed", "--space", NEW)

    assert run("reembed", "--space", NEW) == ""
    assert ana.voiceprints.count() == 2


def test_a_copy_of_a_sample_is_not_embedded_twice(
    run: Run, ana: Person, scripted_engine: FaultServer
) -> None:
    run("reembed", "--space", NEW)
    script_voice(scripted_engine, axis(6), space="third@1")

    assert run("reembed", "--space", "third@1") == "Ana: 1 voiceprints.\n"


def test_a_copy_of_a_sample_is_embedded_after_the_first_is_gone(
    run: Run, ana: Person, scripted_engine: FaultServer
) -> None:
    old = ana.voiceprints.get()
    run("reembed", "--space", NEW)
    old.delete()
    script_voice(scripted_engine, axis(6), space="third@1")

    assert run("reembed", "--space", "third@1") == "Ana: 1 voiceprints.\n"


def test_a_person_without_a_sample_is_reported(
    run: Run, ana: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    voiceprint_of(consenting("Ben"), axis(1))

    with pytest.raises(CommandError, match="1 of 2 failed; see above"):
        run("reembed", "--space", NEW)

    assert capsys.readouterr().out == (
        "Ana: 1 voiceprints.\n"
        "Ben: no voiceprint. No sample of this voice is stored: enrol it again.\n"
    )
    assert Voiceprint.objects.filter(space=Space.named(NEW)).count() == 1


def test_a_lost_sample_is_reported(run: Run, ana: Person) -> None:
    ana.voiceprints.get().sample.delete(save=False)

    with pytest.raises(CommandError, match="1 of 1 failed; see above"):
        run("reembed", "--space", NEW)


def test_a_voice_is_not_embedded_again_without_consent(
    run: Run, ana: Person, scripted_engine: FaultServer
) -> None:
    Person.objects.update(consent_until=timezone.now())
    scripted_engine.asked.clear()

    with pytest.raises(CommandError):
        run("reembed", "--space", NEW)
    assert scripted_engine.paths() == []


def test_an_engine_of_another_space_is_an_error(run: Run, ana: Person) -> None:
    with pytest.raises(CommandError, match="embeddings of 'newmodel@3', not of 'typo'"):
        run("reembed", "--space", "typo")
    assert Space.named("typo") is None


def test_a_dry_run_calls_no_engine(run: Run, ana: Person, scripted_engine: FaultServer) -> None:
    scripted_engine.asked.clear()

    assert (
        run("reembed", "--space", NEW, "--dry-run")
        == "Ana: 1 samples would be sent to the engine.\n"
    )
    assert scripted_engine.paths() == []


def test_it_is_written_down(run: Run, ana: Person) -> None:
    old = ana.voiceprints.get()

    run("reembed", "--space", NEW)

    entry = AuditEntry.objects.get(action="reembedded")
    assert (entry.person_id, entry.detail["sample_of"]) == (ana.id, str(old.id))
