"""manage.py enrol NAME FILE…"""

import os
from pathlib import Path

import pytest
from django.core.management import CommandError

from tests.faults import FaultServer
from tests.voiceprints.management.conftest import Run
from tests.voiceprints.people import SPACE, axis, consenting, voiceprint_of
from tests.voiceprints.voices import script_voice, tone
from voiceprints.models import AuditEntry, Person, Voiceprint

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted_engine")]


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tone(tmp_path / "ana.wav").path)


def test_a_new_person_is_enrolled(run: Run, file: str) -> None:
    printed = run(
        "enrol", "Ana Ruiz", file, "--consent", "signed form", "--consent-until", "2099-12-31"
    )

    ana = Person.objects.get()
    assert printed == (
        f"Enrolled Ana Ruiz in {SPACE}: 12.0 s of speech, 4 windows (0 discarded), "
        "cohesion 1.00, 0.0% clipped, nearest other person none.\n"
    )
    assert (ana.consent_how, ana.voiceprints.count()) == ("signed form", 1)
    assert f"{ana.consent_until}" == "2100-01-01 00:00:00+00:00"


def test_a_voiceprint_is_added_to_a_known_person(run: Run, file: str) -> None:
    ana = consenting("Ana Ruiz")
    voiceprint_of(ana, axis(0))

    run("enrol", "ana ruiz", file, file)

    assert ana.voiceprints.count() == 2


def test_the_audit_says_which_command_it_was(run: Run, file: str) -> None:
    run("enrol", "Ana", file, "--consent", "signed form")

    actors = set(AuditEntry.objects.values_list("actor", flat=True))
    assert actors == {f"manage.py enrol, uid {os.getuid()}"}


def test_a_new_person_needs_consent(run: Run, file: str) -> None:
    with pytest.raises(
        CommandError, match=r"none is recorded\. If it was given, name it: --consent"
    ):
        run("enrol", "Ana", file)
    assert not Person.objects.exists()


def test_a_dry_run_prints_what_would_be_stored(run: Run, file: str) -> None:
    printed = run("enrol", "Ana", file, "--consent", "signed form", "--dry-run")

    assert printed.startswith("Would enrol Ana in ")
    assert not Person.objects.exists()


def test_the_owner_of_a_taken_voice_is_named(run: Run, file: str) -> None:
    ben = consenting("Ben")
    voiceprint_of(ben, axis(0))

    with pytest.raises(CommandError, match=rf"similarity 1.00.*voice of Ben \({ben.id}\)"):
        run("enrol", "Ana", file, "--consent", "signed form")


def test_too_little_speech_is_an_error(run: Run, file: str, scripted_engine: FaultServer) -> None:
    script_voice(scripted_engine, seconds=4.0)

    with pytest.raises(CommandError, match="a voiceprint needs 10 s"):
        run("enrol", "Ana", file, "--consent", "signed form")


def test_an_unreachable_engine_is_an_error(
    run: Run, file: str, scripted_engine: FaultServer
) -> None:
    scripted_engine.answer("/v1/audio/diarize-chunk", {"detail": "CUDA error"}, status=500)

    with pytest.raises(CommandError, match="transient error in the parakeet engine"):
        run("enrol", "Ana", file, "--consent", "signed form")
    assert not Voiceprint.objects.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--consent", " "], "--consent, how: expected how"),
        (["--consent", "form", "--consent-until", "2020-01-01"], "until: expected a time"),
        (["--consent-until", "2099-01-01"], "expected only with --consent"),
        (["--consent", "form", "--consent-until", "soon"], "expected YYYY-MM-DD"),
    ],
)
def test_consent_that_says_nothing_is_refused(
    run: Run, file: str, options: list[str], message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        run("enrol", "Ana", file, *options)


def test_a_missing_file_is_an_error(run: Run) -> None:
    with pytest.raises(CommandError, match=r"nowhere.wav: no such file."):
        run("enrol", "Ana", "nowhere.wav", "--consent", "signed form")


def test_a_file_without_audio_is_an_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("milk, bread")

    with pytest.raises(CommandError, match=r"notes.txt: the audio file could not be decoded"):
        run("enrol", "Ana", str(tmp_path / "notes.txt"), "--consent", "signed form")


def test_a_blank_name_is_refused(run: Run, file: str) -> None:
    with pytest.raises(CommandError, match="name: expected 1 to 200 characters"):
        run("enrol", " ", file, "--consent", "signed form")
