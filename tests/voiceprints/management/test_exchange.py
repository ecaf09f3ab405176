"""manage.py export_voiceprints, manage.py import_voiceprints FILE"""

import json
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.utils import timezone

from tests.voiceprints.management.conftest import Run
from tests.voiceprints.people import SPACE, axis, blend, consenting, voiceprint_of
from voiceprints.exchange.voiceprint_transfer import ImportedVoiceprints, import_person
from voiceprints.models import AuditEntry, Person, Voiceprint

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "voices.json"


def known(file: Path, **voices: object) -> str:
    """Write a file of {name: numbers}."""
    file.write_text(json.dumps(voices))
    return str(file)


def test_exported_voiceprints_are_imported_unchanged(run: Run, file: Path) -> None:
    voiceprint_of(ana := consenting("Ana"), axis(0))
    voiceprint_of(ana, blend({0: 0.8, 1: 0.6}))
    run("export_voiceprints", "-o", str(file))
    ana.delete()

    printed = run("import_voiceprints", str(file), "--consent", "signed form")

    assert printed == "Ana: 2 added, 0 known already.\n"
    kept = Voiceprint.objects.filter(person__name="Ana", space__model=SPACE, source="caller")
    assert [one.vector[0] for one in kept] == pytest.approx([1.0, 0.8])


def test_an_export_goes_to_standard_output(run: Run) -> None:
    voiceprint_of(consenting("Ana"), axis(0))

    exported = json.loads(run("export_voiceprints"))

    assert exported["space"] == SPACE
    assert exported["voiceprints"] == {"Ana": [axis(0).tolist()]}


def test_a_file_of_voices_is_its_owners_alone(run: Run, file: Path) -> None:
    voiceprint_of(consenting("Ana"), axis(0))

    run("export_voiceprints", "-o", str(file))

    assert file.stat().st_mode & 0o777 == 0o600


def test_an_export_overwrites_nothing(run: Run, file: Path) -> None:
    voiceprint_of(consenting("Ana"), axis(0))
    file.write_text("precious")

    with pytest.raises(CommandError, match="the file exists already"):
        run("export_voiceprints", "-o", str(file))
    assert not AuditEntry.objects.exists()


def test_only_people_who_consent_are_exported(run: Run) -> None:
    voiceprint_of(consenting("Ana"), axis(0))
    voiceprint_of(ben := consenting("Ben"), axis(1))
    Person.objects.filter(pk=ben.pk).update(consent_until=timezone.now())

    assert list(json.loads(run("export_voiceprints"))["voiceprints"]) == ["Ana"]


def test_only_people_who_are_named_are_exported(run: Run) -> None:
    voiceprint_of(consenting("Ana"), axis(0))
    voiceprint_of(consenting("Ben"), axis(1))

    assert list(json.loads(run("export_voiceprints", "--person", "ben"))["voiceprints"]) == ["Ben"]


def test_a_named_person_without_voiceprints_is_an_error(run: Run) -> None:
    voiceprint_of(consenting("Ana"), axis(0))
    consenting("Ben")

    with pytest.raises(CommandError, match=f"No voiceprint in {SPACE} .* for Ben"):
        run("export_voiceprints", "--person", "Ana", "Ben")


def test_an_unknown_person_is_an_error(run: Run) -> None:
    with pytest.raises(CommandError, match="No person has the name or identifier 'Ana'"):
        run("export_voiceprints", "--person", "Ana")


def test_one_of_several_spaces_must_be_named(run: Run) -> None:
    voiceprint_of(consenting("Ana"), axis(0))
    voiceprint_of(consenting("Ben"), axis(1), space="campplus@2")

    with pytest.raises(CommandError, match=f"--space: expected one of: {SPACE}, campplus@2"):
        run("export_voiceprints")
    exported = json.loads(run("export_voiceprints", "--space", "campplus@2"))
    assert list(exported["voiceprints"]) == ["Ben"]


def test_an_unknown_space_is_an_error(run: Run) -> None:
    with pytest.raises(
        CommandError, match="The space 'titanic' does not exist; expected one of: none"
    ):
        run("export_voiceprints", "--space", "titanic")


def test_every_export_is_written_down_by_person(run: Run) -> None:
    voiceprint_of(ana := consenting("Ana"), axis(0))

    run("export_voiceprints")

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.person_id) == ("exported", ana.id)
    assert entry.detail == {"prints": 1, "space": SPACE}


def test_known_voiceprints_are_imported(run: Run, file: Path) -> None:
    given = known(file, Ana=axis(0).tolist(), Ben=axis(1).tolist())

    run("import_voiceprints", given, "--space", SPACE, "--consent", "signed forms")

    assert [one.consent_how for one in Person.objects.all()] == ["signed forms"] * 2
    assert Voiceprint.objects.count() == 2


def test_an_import_can_be_repeated(run: Run, file: Path) -> None:
    given = known(file, Ana=axis(0).tolist())
    run("import_voiceprints", given, "--space", SPACE, "--consent", "signed forms")

    printed = run("import_voiceprints", given, "--space", SPACE)

    assert printed == "Ana: 0 added, 1 known already.\n"
    assert Voiceprint.objects.count() == 1


def test_new_people_need_consent_and_the_others_are_imported(run: Run, file: Path) -> None:
    consenting("Ben")
    given = known(file, Ana=axis(0).tolist(), Ben=axis(1).tolist())

    with pytest.raises(CommandError, match="1 of 2 failed; see above"):
        run("import_voiceprints", given, "--space", SPACE)

    assert Voiceprint.objects.get().person.name == "Ben"
    assert not Person.objects.named("Ana").exists()


def test_an_import_does_not_renew_a_withdrawn_consent(
    run: Run, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    consenting("Ana", consent_until=timezone.now() - timedelta(hours=1))
    given = known(file, Ana=axis(0).tolist())

    with pytest.raises(CommandError):
        run("import_voiceprints", given, "--space", SPACE, "--consent", "signed forms")

    assert capsys.readouterr().out.endswith("person's consent, which has ended.\n")
    assert not Voiceprint.objects.exists()


def test_all_voiceprints_of_a_person_are_imported_or_none(run: Run, file: Path) -> None:
    voiceprint_of(consenting("Ben"), axis(1))
    given = known(file, Ana=[axis(0).tolist(), axis(1).tolist()])

    with pytest.raises(CommandError):
        run("import_voiceprints", given, "--space", SPACE, "--consent", "signed forms")

    assert Person.objects.get().name == "Ben"


def test_a_dry_run_adds_nothing(run: Run, file: Path) -> None:
    given = known(file, Ana=axis(0).tolist())

    printed = run("import_voiceprints", given, "--space", SPACE, "--consent", "form", "--dry-run")

    assert printed == "Ana: 1 would be added, 0 known already.\n"
    assert not Person.objects.exists()


def test_a_stopped_import_ends_after_the_person_under_way(
    run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*given: Any, **how: Any) -> ImportedVoiceprints:
        signal.raise_signal(signal.SIGTERM)
        return import_person(*given, **how)

    command = "voiceprints.management.commands.import_voiceprints"
    monkeypatch.setattr(f"{command}.import_person", interrupted)
    given = known(file, Ana=axis(0).tolist(), Ben=axis(1).tolist())

    with pytest.raises(CommandError, match="Stopped: 1 of 2 are left"):
        run("import_voiceprints", given, "--space", SPACE, "--consent", "form")
    assert Voiceprint.objects.get().person.name == "Ana"


@pytest.mark.parametrize(
    ("text", "message"), [("{", "the file is not JSON"), ('{"Ana": [1]}', "expected 192 finite")]
)
def test_an_unreadable_file_is_an_error(run: Run, file: Path, text: str, message: str) -> None:
    file.write_text(text)

    with pytest.raises(CommandError, match=f"(?i)voices.json: .*{message}"):
        run("import_voiceprints", str(file), "--space", SPACE)


def test_a_missing_file_is_an_error(run: Run) -> None:
    with pytest.raises(CommandError, match=r"nowhere.json: No such file"):
        run("import_voiceprints", "nowhere.json")
