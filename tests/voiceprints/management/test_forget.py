"""manage.py forget PERSON"""

import os
import sys
from io import StringIO

import pytest
from django.core.management import CommandError

from tests.voiceprints.management.conftest import Run
from tests.voiceprints.people import axis, consenting, speaker, transcript, voiceprint_of
from voiceprints.models import AuditEntry, Person, TranscriptSpeaker

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Person:
    somebody = consenting("Ana")
    voiceprint_of(somebody, axis(0))
    shown = transcript(result={"speakers": [], "segments": []})
    speaker(shown, "Speaker_0", "Ana", person=somebody)
    return somebody


def test_a_person_is_erased_by_name(run: Run, ana: Person) -> None:
    printed = run("forget", "ana", "--as", "A guest", "--yes")

    assert printed == (
        "Erased: voiceprints deleted: 1; transcripts changed: 1; replacement name: A guest.\n"
    )
    assert not Person.objects.exists()
    assert TranscriptSpeaker.objects.get().name == "A guest"


def test_a_person_is_erased_by_identifier(run: Run, ana: Person) -> None:
    printed = run("forget", str(ana.id), "--yes")

    assert printed.endswith(f"replacement name: Person {ana.id.hex[:4]}.\n")
    assert not Person.objects.exists()


def test_a_dry_run_prints_what_would_be_erased(run: Run, ana: Person) -> None:
    printed = run("forget", "Ana", "--dry-run")

    assert printed.startswith(f"Ana, {ana.id}, would be erased: voiceprints deleted: 1;")
    assert ana.voiceprints.count() == 1
    assert not AuditEntry.objects.exists()


def test_without_a_terminal_erasure_needs_yes(
    run: Run, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO("yes\n"))

    with pytest.raises(CommandError, match="expected --yes"):
        run("forget", "Ana")
    assert Person.objects.exists()


def test_the_name_of_a_person_is_refused_as_replacement(run: Run, ana: Person) -> None:
    consenting("Ben")

    with pytest.raises(CommandError, match="expected a name that no other person has"):
        run("forget", "Ana", "--as", "Ben", "--yes")


def test_an_unknown_name_erases_no_person(run: Run) -> None:
    with pytest.raises(CommandError, match="No person has the name or identifier 'Ana'"):
        run("forget", "Ana", "--yes")


def test_the_audit_says_which_command_it_was(run: Run, ana: Person) -> None:
    run("forget", "Ana", "--yes")

    assert AuditEntry.objects.get().actor == f"manage.py forget, uid {os.getuid()}"
